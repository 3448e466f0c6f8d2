{{/* How the default Gateway's pods are run, as YAML; nothing where nobody asks for anything. What the controller's pods
     are pulled with, they are too. */}}
{{- define "switchyard.gateway.parameters" -}}
{{- $parameters := deepCopy .Values.gateway.parameters }}
{{- if and (hasKey $parameters "replicas") (hasKey $parameters "autoscaling") }}
{{- fail "gateway.parameters: replicas and autoscaling exclude each other: leave one out" }}
{{- end }}
{{- with .Values.imagePullSecrets }}
{{- $parameters = merge $parameters (dict "podTemplate" (dict "spec" (dict "imagePullSecrets" .))) }}
{{- end }}
{{- with $parameters }}{{ toYaml . }}{{ end }}
{{- end }}
