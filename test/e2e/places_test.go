package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// adminPort is where a gateway's pod shows what it has.
const adminPort = "19090"

// places are where the crowd's sessions are, by name. It waits until all of them
// are found.
func (i *installation) places(t *testing.T) map[string]place {
	t.Helper()
	var all map[string]place
	eventually(t, "every session of the crowd is at a gateway", func() error {
		all = map[string]place{}
		for _, pod := range i.podNames(t, gateways) {
			if err := placesAt(pod, all); err != nil {
				return err
			}
		}
		if len(all) != crowdSize {
			return fmt.Errorf("%d of %d", len(all), crowdSize)
		}
		return nil
	})
	return all
}

// placesAt adds the sessions of the crowd at one gateway. What sessions there
// are is shown over loopback alone, and so to whoever may forward a port.
func placesAt(pod string, all map[string]place) error {
	var list struct {
		Sessions []struct{ Path, Endpoint string }
	}
	if err := overPortForward(pod, "/sessions?route="+apps+"/echo&limit=100000", &list); err != nil {
		return err
	}
	for _, s := range list.Sessions {
		if name, ok := strings.CutPrefix(s.Path, echoPath+"/"); ok && !strings.HasPrefix(name, "visitor-") {
			all[name] = place{gateway: pod, endpoint: s.Endpoint}
		}
	}
	return nil
}

// served waits until every gateway knows every pod of a workload behind one port
// of the Service of its name. A pod is ready before its EndpointSlice says so,
// and that before the gateways have heard of it.
func (i *installation) served(t *testing.T, w workload, port int) {
	t.Helper()
	name := fmt.Sprintf("%s/%s:%d", w.namespace, w.name, port)
	want := int(*i.deployment(t, w).Spec.Replicas)
	eventually(t, "every gateway knows the endpoints of "+name, func() error {
		for _, pod := range i.podNames(t, gateways) {
			ready, err := readyEndpointsAt(pod, name)
			if err == nil && ready != want {
				err = fmt.Errorf("%s knows %d that are ready, want %d", pod, ready, want)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// readyEndpointsAt is how many ready endpoints of a service one gateway knows.
func readyEndpointsAt(pod, service string) (ready int, err error) {
	var config struct {
		Services []struct {
			Name      string
			Endpoints []struct{ Ready bool }
		}
	}
	if err := overPortForward(pod, "/config", &config); err != nil {
		return 0, err
	}
	for _, s := range config.Services {
		if s.Name != service {
			continue
		}
		for _, e := range s.Endpoints {
			if e.Ready {
				ready++
			}
		}
	}
	return ready, nil
}

// overPortForward asks the admin listener of a gateway's pod for JSON.
func overPortForward(pod, path string, answer any) error {
	forward := exec.Command("kubectl", "port-forward", "--namespace", home, "pod/"+pod, ":"+adminPort)
	out, err := forward.StdoutPipe()
	if err != nil {
		return err
	}
	if err := forward.Start(); err != nil {
		return err
	}
	defer func() {
		_ = forward.Process.Kill()
		_ = forward.Wait()
	}()
	// "Forwarding from 127.0.0.1:40123 -> 19090"
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("kubectl port-forward to %s says %q: %w", pod, line, err)
	}
	fields := strings.Fields(line)
	if len(fields) < 3 {
		return fmt.Errorf("kubectl port-forward to %s says %q", pod, line)
	}
	body, err := get("http://" + fields[2] + path)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, answer)
}

// getTimeout bounds one request to an admin listener.
const getTimeout = 10 * time.Second

func get(url string) ([]byte, error) {
	client := http.Client{Timeout: getTimeout}
	answer, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", url, answer.Status, body)
	}
	return body, err
}
