using Signalbox.Pipelines.Shell;

namespace Signalbox.Pipelines;

/// <summary>Recognises jobs that deploy by what they do. What goes into a cluster that the job itself makes is a test, not a deployment.</summary>
internal static class Deployments
{
    // actions that make a cluster for the length of a job
    private static readonly string[] s_clusterActions =
    [
        "helm/kind-action", "engineerd/setup-kind", "container-tools/kind-action", "medyagh/setup-minikube", "manusa/actions-setup-minikube", "absaoss/k3d-action", "nolar/setup-k3d-k3s",
        "debianmaster/actions-k3s", "jupyterhub/action-k3s-helm", "balchua/microk8s-actions", "rinx/setup-k3d", "localstack/setup-localstack",
    ];

    /// <summary>What the job deploys, in order; empty where it deploys nothing that stays.</summary>
    public static IReadOnlyList<Activity> Of(Job job)
    {
        var deploys = job.Activities.Where(a => a.Kind == ActivityKind.Deploy && !IsEnded(job, a)).ToList();
        return deploys.Count == 0 || MakesItsCluster(job) ? [] : deploys;
    }

    /// <summary>Whether what is started is a container that the job stops again.</summary>
    private static bool IsEnded(Job job, Activity deploy) => deploy.Command is { } command && DockerRun.Image(command) >= 0 && DockerRun.Name(command) is { } name
        && job.Steps.SelectMany(s => s.Script?.Shell.Commands ?? []).SkipWhile(c => !ReferenceEquals(c, command)).Any(c => DockerRun.Ends(c, name));

    private static bool MakesItsCluster(Job job) => job.Steps.Any(s =>
        (s.Uses is { } uses && s_clusterActions.Contains(uses.Repository, StringComparer.OrdinalIgnoreCase)) || (s.Script is { } script && script.Shell.Commands.Any(MakesCluster)));

    private static bool MakesCluster(ShellCommand command) => command.Program switch
    {
        "kind" => command.Is("kind", "create"),
        "k3d" => command.Is("k3d", "cluster", "create") || command.Verb == "create",
        "minikube" => command.Verb == "start",
        "curl" or "wget" => command.Link == ShellLink.Pipe && command.Arguments.Any(a => a.Text.Contains("get.k3s.io", StringComparison.Ordinal)),
        "bash" or "sh" => command.Arguments.Any(a => IsClusterScript(a.Text)),
        "microk8s" or "k3s" or "kwokctl" or "localstack" => true,
        { } program => IsClusterScript(program),
        _ => false,
    };

    /// <summary>Whether a script's name says that it makes a cluster for tests: <c>install_KinD_create_KinD_cluster.sh</c>.</summary>
    private static bool IsClusterScript(string path)
    {
        var words = path[(path.LastIndexOf('/') + 1)..].ToLowerInvariant().Split('-', '_', '.');
        return words is [.., "sh"] && words.Intersect(["kind", "k3d", "minikube"]).Any() && words.Intersect(["create", "setup", "install", "start", "up", "cluster"]).Any();
    }
}
