using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

internal sealed class ImperativeDeployRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "imperative-deploy", "Deployment by hand-written imperative commands", Theme.Delivery, RuleSeverity.Medium, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "The target's state is nowhere declared and cannot be compared", "Declare what should run (manifests, a chart, signalbox.yaml), change that, and apply it")
    {
        Details = "`kubectl set image`, `edit`, `patch`, `scale`, `run`, `expose`; `docker service update`; commands over ssh that start, pull or replace what runs.",
    };

    private static readonly string[] s_remote = ["docker run", "docker container run", "docker service update", "docker pull", "docker-compose up", "docker compose up", "docker-compose pull", "docker compose pull", "docker stop", "docker container stop", "docker stack deploy", "systemctl restart", "pm2 ", "git pull", "kubectl ", "helm "];

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Uses is { } uses && IsSshAction(uses) && Remote(site.Step.Input("script")) is { } word)
            report.At(uses.Range, $"a hand-written script over ssh changes what runs (`{word.Trim()}`)", "expected a declared state");
        if (site.Step.Script is not { } script) return;
        foreach (var command in script.Shell.Commands)
            if (Imperative(script, command) is { } said && (site.Job.Deploys.Count > 0 || site.Job.Steps.Any(IsRemote)))
                report.At(script.InFile(command.Range), $"`{said}` changes what runs, and no file says so", "expected a declared state");
    }

    private static bool IsSshAction(UsedCode uses) => uses.Repository.Equals("appleboy/ssh-action", StringComparison.OrdinalIgnoreCase);

    private static bool IsRemote(Step step) => (step.Uses is { } uses && IsSshAction(uses)) || step.Script?.Shell.Commands.Any(c => c.Program == "ssh") == true;

    private static string? Imperative(Script script, ShellCommand command) => command.Program switch
    {
        "kubectl" or "oc" => command.Verb switch
        {
            "set" when command.Is(command.Program, "set", "image") || command.Is(command.Program, "set", "env") => "kubectl set",
            "edit" or "scale" or "run" or "expose" => $"kubectl {command.Verb}",
            "patch" when !command.Has("--dry-run") => "kubectl patch",
            _ => null,
        },
        "docker" when command.Is("docker", "service", "update") => "docker service update",
        "ssh" => Remote(Sent(script, command)) is { } word ? $"ssh … {word.Trim()}" : null,
        _ => null,
    };

    /// <summary>What is run on the other side: the words after the host, or a here-document.</summary>
    private static string Sent(Script script, ShellCommand command) =>
        string.Join(' ', command.Arguments.Select(a => a.Text)) + (command.HereDocument is { } here ? " " + script.Text[here.Start..here.End] : "");

    private static string? Remote(string? script) => script is null ? null : s_remote.FirstOrDefault(w => script.Contains(w, StringComparison.Ordinal));
}
