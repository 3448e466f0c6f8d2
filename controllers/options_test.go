package controllers

import (
	"net"
	"testing"

	"k8s.io/apimachinery/pkg/types"
)

// enough is what has no default.
func enough() Options {
	return Options{Namespace: "switchyard-system", Replica: "controller-0", Image: "switchyard:1"}
}

func TestWhatIsNotSaidHasADefault(t *testing.T) {
	o, err := enough().withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ got, want string }{
		"xDS":       {o.XDSAddress, ":9443"},
		"health":    {o.HealthAddress, ":8081"},
		"metrics":   {o.MetricsAddress, ":8080"},
		"advertise": {o.Advertise, "switchyard-controller.switchyard-system.svc:9443"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s is %q, want %q", name, tc.got, tc.want)
		}
	}
	if o.Registerer == nil {
		t.Error("there is nobody to take metrics")
	}
	if want := (types.NamespacedName{Namespace: "switchyard-system", Name: "switchyard-authority"}); o.authority() != want {
		t.Errorf("the authority is %v, want %v", o.authority(), want)
	}
}

func TestWhatIsSaidHolds(t *testing.T) {
	for name, tc := range map[string]struct {
		say  func(*Options)
		want string
	}{
		"another port is advertised":           {func(o *Options) { o.XDSAddress = "127.0.0.1:7443" }, "switchyard-controller.switchyard-system.svc:7443"},
		"another address is":                   {func(o *Options) { o.Advertise = "xds.example.com:443" }, "xds.example.com:443"},
		"or one that is no place to listen at": {func(o *Options) { o.XDSAddress, o.Advertise = "nowhere", "xds.example.com:443" }, "xds.example.com:443"},
	} {
		t.Run(name, func(t *testing.T) {
			o := enough()
			o.HealthAddress, o.MetricsAddress = None, None
			tc.say(&o)
			o, err := o.withDefaults()
			if err != nil {
				t.Fatal(err)
			}
			if o.Advertise != tc.want || o.HealthAddress != None || o.MetricsAddress != None {
				t.Errorf("got %+v, want %s advertised", o, tc.want)
			}
		})
	}
}

func TestWhatIsRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		say  func(*Options)
		want string
	}{
		"nothing":                  {func(o *Options) { *o = Options{} }, "namespace is empty: want one"},
		"no namespace":             {func(o *Options) { o.Namespace = "" }, "namespace is empty: want one"},
		"no replica":               {func(o *Options) { o.Replica = "" }, "replica is empty: want one"},
		"no image":                 {func(o *Options) { o.Image = "" }, "image is empty: want one"},
		"a namespace that is none": {func(o *Options) { o.Namespace = "A" }, `namespace "A": ` + noLabel},
		"one to watch":             {func(o *Options) { o.WatchNamespaces = []string{"a", "b/c"} }, `namespace "b/c": ` + noLabel},
		"one that is empty":        {func(o *Options) { o.WatchNamespaces = []string{""} }, `namespace "": ` + noLabel},
		"no port":                  {func(o *Options) { o.XDSAddress = "nowhere" }, `xDS address "nowhere": address nowhere: missing port in address`},
	} {
		t.Run(name, func(t *testing.T) {
			o := enough()
			tc.say(&o)
			if _, err := o.withDefaults(); err == nil || err.Error() != tc.want {
				t.Errorf("got   %v\nwant  %s", err, tc.want)
			}
		})
	}
}

const noLabel = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and " +
	"end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

// What is refused is refused before anything is opened.
func TestRunRefusesBeforeItListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	o := enough()
	o.Image, o.XDSListener = "", l
	if err := Run(t.Context(), nil, o); err == nil || err.Error() != "image is empty: want one" {
		t.Errorf("got %v", err)
	}
}
