{{/* The namespaces whose objects count, with a comma between; nothing is all of them. The default Gateway and the
     authority are in the release's own. */}}
{{- define "switchyard.namespaces" -}}
{{- with .Values.controller.watchNamespaces }}
{{- append . $.Release.Namespace | uniq | sortAlpha | join "," }}
{{- end }}
{{- end }}

{{/* The same as the namespaceSelector of a monitor. */}}
{{- define "switchyard.namespaceSelector" -}}
{{- with include "switchyard.namespaces" . -}}
matchNames: {{ splitList "," . | toJson }}
{{- else -}}
any: true
{{- end }}
{{- end }}
