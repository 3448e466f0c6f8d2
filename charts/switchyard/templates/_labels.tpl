{{/* The labels of every object. */}}
{{- define "switchyard.labels" -}}
app.kubernetes.io/name: switchyard
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The labels by which the controller's pods are found. */}}
{{- define "switchyard.controller.selector" -}}
app.kubernetes.io/name: switchyard
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: controller
{{- end }}

{{/* The labels of the controller's own objects. */}}
{{- define "switchyard.controller.labels" -}}
{{ include "switchyard.labels" . }}
app.kubernetes.io/component: controller
{{- end }}

{{/* The labels by which the pods of all Gateways are found, which the controller gives them. */}}
{{- define "switchyard.gateways.selector" -}}
app.kubernetes.io/name: switchyard
app.kubernetes.io/component: gateway
{{- end }}
