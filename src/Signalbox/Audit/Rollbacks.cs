using Signalbox.Audit.Kubernetes;
using Signalbox.Diagnostics;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>Where a repository says how the last good release comes back.</summary>
internal static class Rollbacks
{
    /// <returns>The first place, or null where there is none.</returns>
    public static Location? First(Repository repository)
    {
        foreach (var (file, target) in repository.All<KubernetesObject>())
            if (GoesBack(target)) return file.At(target.Range, "this brings the last good release back");
        foreach (var (file, pipeline) in repository.All<Pipeline>())
            foreach (var step in pipeline.Jobs.SelectMany(j => j.Steps))
                if (Place(step) is { } range) return file.At(range, "this brings the last good release back");
        return null;
    }

    private static TextRange? Place(Step step)
    {
        if (step.Activities.FirstOrDefault(a => a.Kind == ActivityKind.Rollback) is { } rollback) return rollback.Range;
        if (step.Script is { } script && script.Shell.Commands.FirstOrDefault(c => GoesBack(c) || RemoteScript.Of(script.Shell, c)?.Commands.Any(IsBack) == true) is { } command) return script.InFile(command.Range);
        return step.Uses is { } uses && uses.Repository.Contains("rollback", StringComparison.OrdinalIgnoreCase) ? uses.Range : null;
    }

    private static bool IsBack(ShellCommand command) => GoesBack(command) || CommandMeaning.Of(command)?.Kind == ActivityKind.Rollback;

    private static bool GoesBack(ShellCommand command) => command.Program switch
    {
        "helm" => command.Has("--atomic") || command.Has("--rollback-on-failure"),
        "helmfile" or "argocd" or "flux" or "kubectl-argo-rollouts" or "signalbox" => true,
        "kubectl" => command.Is("kubectl", "argo") || command.Is("kubectl", "rollout", "undo"),
        _ => command.Program.Contains("rollback", StringComparison.OrdinalIgnoreCase),
    };

    private static bool GoesBack(KubernetesObject target) => target.Kind switch
    {
        "Rollout" or "Canary" or "Application" or "ApplicationSet" => true,
        "HelmRelease" => target.Spec.Get("upgrade", "remediation") is not null,
        _ => false,
    };
}
