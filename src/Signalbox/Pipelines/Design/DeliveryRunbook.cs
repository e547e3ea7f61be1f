namespace Signalbox.Pipelines.Design;

/// <summary>What to do by hand, with this application's own names.</summary>
internal static class DeliveryRunbook
{
    public static string Write(DeliveryTarget target, DesignDecisions decisions)
    {
        List<string> text = [$"# Runbooks of {target.Application}\nWritten by signalbox design. What you change here is kept: the next run merges it.\n"];
        text.Add($"ENV is one of {string.Join(", ", target.Environments)}; its namespace is {target.Namespace("ENV")}.\n");
        SetUp(text, target, decisions);
        Watch(text, target, decisions);
        RollBack(text, target, decisions);
        if (target.Secrets.Count > 0) Secrets(text, target);
        Drain(text, target);
        return string.Concat(text);
    }

    private static bool IsArgo(DesignDecisions decisions) => decisions["deploy"] == "argo-cd";

    private static void SetUp(List<string> text, DeliveryTarget target, DesignDecisions decisions)
    {
        text.Add("\n## Set up once\n");
        var controller = IsArgo(decisions) ? "Argo CD in the namespace argocd" : "Flux in the namespace flux-system";
        var steps = decisions["rollout"] switch { "argo-rollouts" => ", Argo Rollouts", "flagger" => ", Flagger with the Gateway API", _ => "" };
        text.Add($"The cluster needs {controller}{steps}{(decisions.Has("rollout") ? $", a Prometheus at {decisions["metrics"]}" : "")}{(target.Secrets.Count > 0 ? $", External Secrets with a ClusterSecretStore {decisions["secrets"]}" : "")}.\n");
        if (decisions["rollout"] == "flagger") text.Add($"Each environment's namespace needs a Gateway {decisions["gateway"]}.\n");
        if (IsArgo(decisions)) Shell(text, "kubectl apply -f delivery/argo-cd/project.yaml");
        if (decisions.Has("signatures")) Shell(text, "kubectl -n flux-system create secret generic git-signers --from-file=KEYS");
        text.Add(IsArgo(decisions)
            ? "The pipeline's identity needs get, list, watch, create and patch on applications.argoproj.io in argocd, and nothing else.\n"
            : $"The pipeline's identity needs get, list, watch, create and patch on gitrepositories and kustomizations in flux-system{(decisions["rollout"] == "flagger" ? ", and get, list and watch on canaries in the environments' namespaces" : "")}.\n");
    }

    private static void Watch(List<string> text, DeliveryTarget target, DesignDecisions decisions)
    {
        var space = target.Namespace("ENV");
        text.Add("\n## Watch a release, stop it, let it go on\n");
        switch (decisions["rollout"])
        {
            case "argo-rollouts":
                Shell(text, $"kubectl argo rollouts -n {space} get rollout {target.Name} --watch", $"kubectl argo rollouts -n {space} abort {target.Name}", $"kubectl argo rollouts -n {space} promote {target.Name}");
                text.Add("It pauses by itself where nothing was measured: look whether the canary had requests, then promote or abort.\n");
                break;
            case "flagger":
                Shell(text, $"kubectl -n {space} get canary {target.Name} --watch", $"kubectl -n {space} describe canary {target.Name}");
                text.Add("It goes back by itself after two bad measurements, and where nothing was measured. To stop it at once, roll back.\n");
                break;
            case var _ when target.IsRelease: Shell(text, $"kubectl -n {space} get helmrelease {target.Name} --watch"); break;
            default: Shell(text, $"kubectl -n {space} rollout status {(target.Workload?.Kind ?? "Deployment").ToLowerInvariant()}/{target.Name}"); break;
        }
    }

    private static void RollBack(List<string> text, DeliveryTarget target, DesignDecisions decisions)
    {
        text.Add("\n## Roll back\n");
        text.Add("The pipeline applies what was there before where an environment does not become healthy. Later, run the pipeline of the last good commit again: it verifies that image anew and delivers it. Or, where the pipeline itself is down, go back by hand:\n");
        var name = GitOpsManifests.ObjectOf(target, "ENV");
        if (IsArgo(decisions)) Shell(text, $"argocd app history {name}", $"kubectl -n argocd edit application {name}   # targetRevision and the image's digest of the last good line");
        else Shell(text, $"kubectl -n flux-system get events --for kustomization/{name}", $"kubectl -n flux-system edit gitrepository {name}   # spec.ref.commit", $"kubectl -n flux-system edit kustomization {name}   # the image's digest");
        text.Add("Do not scale or patch what the controller owns: it puts it back.\n");
    }

    private static void Secrets(List<string> text, DeliveryTarget target)
    {
        text.Add("\n## Change a secret\nChange it in the store, then have it read at once; pods read it when they start.\n");
        foreach (var secret in target.Secrets) Shell(text, $"kubectl -n {target.Namespace("ENV")} annotate externalsecret {secret} force-sync=\"$(date +%s)\" --overwrite");
    }

    private static void Drain(List<string> text, DeliveryTarget target)
    {
        text.Add("\n## Service a node\nOne pod at a time goes elsewhere; a drain that waits shows a pod that does not become ready.\n");
        Shell(text, "kubectl drain NODE --ignore-daemonsets --delete-emptydir-data", $"kubectl -n {target.Namespace("ENV")} get pods -o wide", "kubectl uncordon NODE");
    }

    private static void Shell(List<string> text, params string[] lines) => text.Add($"```sh\n{string.Join('\n', lines)}\n```\n");
}
