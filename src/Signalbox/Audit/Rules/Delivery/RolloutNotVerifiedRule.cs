using Signalbox.Audit.Kubernetes;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RolloutNotVerifiedRule : Rule, IChecks<PipelineJob>
{
    public override RuleInfo Info { get; } = new(
        "rollout-not-verified", "Deploy does not wait for the rollout", Theme.Delivery, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "The pipeline is green while the rollout fails", "Wait for the rollout in the same job: kubectl rollout status deployment/NAME --timeout=5m")
    {
        Fix = FixSafety.Unsafe,
        Details = "`kubectl apply`, `create`, `replace`, `set image` and `rollout restart` return before anything runs. A later `kubectl rollout status` or `wait`, `kubectl apply --wait`, `argocd app wait`, "
            + "or any step that verifies, is enough. The fix adds `rollout status` where the command names the workload.",
    };

    // objects that nothing is rolled out for
    private static readonly string[] s_settings = ["secret", "configmap", "cm", "namespace", "ns", "serviceaccount", "sa", "role", "rolebinding", "clusterrole", "clusterrolebinding", "job", "token", "quota", "ingress", "service", "svc"];

    private static readonly string[] s_sources = ["-f", "--filename", "-k", "--kustomize"];

    public void Check(PipelineJob site, Report report)
    {
        var deploys = site.Job.Deploys;
        if (deploys.LastOrDefault(d => Starts(d) && !SettlesOnly(site.Job, d.Command!, report.Repository)) is not { Command: { } command } last || IsVerified(site.Job)) return;
        report.At(last.Range, $"job '{YamlQuote.Short(site.Job.Id)}' ends before the rollout has", "expected `kubectl rollout status` after it", fix: Mend(site.Job, command, report));
    }

    private static bool Starts(Activity activity)
    {
        if (activity.Command is not { Program: "kubectl" or "oc" } command || command.Has("--wait")) return false;
        return command.Verb switch
        {
            "create" => command.Arguments.Where(a => !a.Text.StartsWith('-')).Skip(1).FirstOrDefault() is not { } kind || !s_settings.Contains(kind.Text),
            "apply" or "replace" or "set" or "rollout" => true,
            _ => false,
        };
    }

    /// <summary>Whether what is applied lies in the repository, and is nothing that is rolled out.</summary>
    private static bool SettlesOnly(Job job, ShellCommand command, Repository repository)
    {
        var sources = command.Arguments.Where(a => s_sources.Any(o => a.Text.StartsWith(o, StringComparison.Ordinal))).ToList();
        return sources.Count == 1 && s_sources.Select(command.Value).FirstOrDefault(v => v is not null) is { } path && (path == "-" ? Piped(job, command) : path) is { } source && AppliedFiles.Of(repository).AreSettings(source);
    }

    /// <summary>The folder that is built and handed to the command, as it is: <c>kustomize build FOLDER | kubectl apply -f -</c>.</summary>
    private static string? Piped(Job job, ShellCommand command)
    {
        if (job.Steps.FirstOrDefault(s => s.Script?.Shell.Commands.Contains(command) == true)?.Script is not { } script) return null;
        var builds = script.Shell.Commands.FirstOrDefault(c => c.Link == ShellLink.Pipe && (c.Is("kustomize", "build") || c.Is("kubectl", "kustomize")) && ReferenceEquals(script.Shell.After(c), command));
        return builds?.Arguments.Where(a => !a.Text.StartsWith('-')).Skip(1).FirstOrDefault()?.Text;
    }

    private static bool IsVerified(Job job) => job.Activities.Any(a => a.Kind == ActivityKind.Verify) || job.Steps.Any(s => s.Name is { } name && (name.Contains("verify", StringComparison.OrdinalIgnoreCase) || name.Contains("smoke", StringComparison.OrdinalIgnoreCase)));

    private static Fix? Mend(Job job, ShellCommand command, Report report)
    {
        if (job.Steps.FirstOrDefault(s => s.Script?.Shell.Commands.Contains(command) == true) is not { Script: { } script } || command.Link is not (ShellLink.Next or ShellLink.End)) return null;
        var workload = command.Arguments.Select(a => a.Text).FirstOrDefault(a => a.StartsWith("deployment/", StringComparison.Ordinal) || a.StartsWith("deploy/", StringComparison.Ordinal) || a.StartsWith("statefulset/", StringComparison.Ordinal) || a.StartsWith("daemonset/", StringComparison.Ordinal));
        if (workload is null) return null;
        var place = command.Value("-n") ?? command.Value("--namespace");
        var line = $"{command.Program} rollout status {workload}{(place is null ? "" : $" -n {place}")} --timeout=5m";
        var range = script.InFile(command.Range);
        var text = report.File.Text.Content;
        if (text[range.Start..Math.Min(range.End, text.Length)] != script.Text[command.Range.Start..command.Range.End]) return null;
        var column = YamlPatch.Column(text, range.Start);
        var own = text.AsSpan(range.Start - column, column).IsWhiteSpace();
        // in a script of one line the commands are joined
        return report.Fix(FixSafety.Unsafe, "wait for the rollout", new TextEdit(new(range.End, range.End), own ? $"{YamlPatch.Break(text)}{new string(' ', column)}{line}" : $" && {line}"));
    }
}
