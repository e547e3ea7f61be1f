using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.Design;

/// <summary>A whole workload for an image that nobody wrote manifests for: kubernetes.io/docs/reference/kubernetes-api.</summary>
internal sealed class WorkloadManifests(DeliveryTarget target, DesignDecisions decisions)
{
    // the least with which one pod of four can be a canary, and a node may go while a release goes out
    private const long Replicas = 4;

    // 10000 and more are no user of a host
    private const long User = 10001;

    private bool IsFlagger => decisions["rollout"] == "flagger";

    public IEnumerable<OutMap> Objects()
    {
        yield return Kube.Object("v1", "ServiceAccount", target.Name, labels: target.Labels).Add("automountServiceAccountToken", false);
        // a Rollout of Argo holds the pods itself
        if (decisions["rollout"] != "argo-rollouts") yield return Deployment();
        if (IsFlagger) yield return Autoscaler();
        // Flagger makes the Services
        else yield return Kube.Object("v1", "Service", target.Name, labels: target.Labels).Add("spec", new OutMap().Add("selector", Kube.Map(target.Labels))
            .Add("ports", Kube.List(new OutMap().Add("name", "http").Add("port", (long)target.ServicePort).Add("targetPort", "http"))));
        yield return Kube.Object("networking.k8s.io/v1", "NetworkPolicy", target.Name, labels: target.Labels).Add("spec", new OutMap().Add("podSelector", target.Selector(IsFlagger)).Add("policyTypes", ["Ingress"])
            .Add("ingress", Kube.List(new OutMap().Add("ports", Kube.List(new OutMap().Add("protocol", "TCP").Add("port", (long)target.Port))))));
    }

    private OutMap Deployment()
    {
        var spec = new OutMap().Add("revisionHistoryLimit", 5L).Add("progressDeadlineSeconds", 600L);
        if (!IsFlagger) spec.Add("replicas", Replicas);
        spec.Add("strategy", new OutMap().Add("type", "RollingUpdate").Add("rollingUpdate", new OutMap().Add("maxSurge", 1L).Add("maxUnavailable", 0L)));
        return Kube.Object("apps/v1", "Deployment", target.Name, labels: target.Labels).Add("spec", spec.Add("selector", target.Selector(false)).Add("template", Template()));
    }

    private OutMap Autoscaler() => Kube.Object("autoscaling/v2", "HorizontalPodAutoscaler", target.Name, labels: target.Labels).Add("spec", new OutMap()
        .Add("scaleTargetRef", new OutMap().Add("apiVersion", "apps/v1").Add("kind", "Deployment").Add("name", target.Name)).Add("minReplicas", Replicas).Add("maxReplicas", 2 * Replicas)
        .Add("metrics", Kube.List(new OutMap().Add("type", "Resource").Add("resource", new OutMap().Add("name", "cpu").Add("target", new OutMap().Add("type", "Utilization").Add("averageUtilization", 70L))))));

    /// <summary>The pods: no rights, a file system that cannot be written, time to end what they began.</summary>
    public OutMap Template() => new OutMap().Add("metadata", new OutMap().Add("labels", Kube.Map(target.Labels))).Add("spec", new OutMap()
        .Add("serviceAccountName", target.Name).Add("automountServiceAccountToken", false).Add("terminationGracePeriodSeconds", 60L)
        .Add("securityContext", new OutMap().Add("runAsNonRoot", true).Add("runAsUser", User).Add("runAsGroup", User).Add("fsGroup", User).Add("seccompProfile", new OutMap().Add("type", "RuntimeDefault")))
        .Add("topologySpreadConstraints", Kube.List(Spread("topology.kubernetes.io/zone"), Spread("kubernetes.io/hostname")))
        .Add("containers", Kube.List(Container())).Add("volumes", (IReadOnlyList<YamlOut>)[Volume("tmp").Add("emptyDir", new OutMap().Add("sizeLimit", "256Mi")),
            .. target.Secrets.Select(s => Volume(s).Add("secret", new OutMap().Add("secretName", s).Add("defaultMode", 288L)))]));

    private static OutMap Volume(string name) => new OutMap().Add("name", name);

    private OutMap Spread(string key) => new OutMap().Add("maxSkew", 1L).Add("topologyKey", key).Add("whenUnsatisfiable", "ScheduleAnyway").Add("labelSelector", target.Selector(IsFlagger));

    private OutMap Container() => new OutMap().Add("name", target.Name).Add("image", $"{target.Image}@{DeliveryDesigner.NoDigest}").Add("imagePullPolicy", "IfNotPresent")
        .Add("ports", Kube.List(new OutMap().Add("name", "http").Add("containerPort", (long)target.Port)))
        .Add("env", Kube.List(new OutMap().Add("name", "PORT").Add("value", target.Port.ToString(System.Globalization.CultureInfo.InvariantCulture))))
        .Add("startupProbe", Started()).Add("readinessProbe", target.Readiness).Add("livenessProbe", DeliveryTarget.Liveness(target.Port))
        // the endpoints need a moment to forget the pod before it is told to end
        .Add("lifecycle", new OutMap().Add("preStop", new OutMap().Add("sleep", new OutMap().Add("seconds", 10L))))
        .Add("resources", new OutMap().Add("requests", Amounts("100m", "128Mi", "64Mi")).Add("limits", Amounts("1", "512Mi", "512Mi")))
        .Add("securityContext", new OutMap().Add("allowPrivilegeEscalation", false).Add("readOnlyRootFilesystem", true).Add("capabilities", new OutMap().Add("drop", ["ALL"])))
        .Add("volumeMounts", (IReadOnlyList<YamlOut>)[Volume("tmp").Add("mountPath", "/tmp"), .. target.Secrets.Select(s => Volume(s).Add("mountPath", $"/etc/{s}").Add("readOnly", true))]);

    private OutMap Started() => new OutMap().Add("tcpSocket", new OutMap().Add("port", (long)target.Port)).Add("periodSeconds", 2L).Add("failureThreshold", 30L);

    private static OutMap Amounts(string cpu, string memory, string disk) => new OutMap().Add("cpu", cpu).Add("memory", memory).Add("ephemeral-storage", disk);
}
