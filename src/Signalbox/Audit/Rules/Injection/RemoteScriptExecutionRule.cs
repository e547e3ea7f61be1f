using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RemoteScriptExecutionRule : Rule, IChecks<Pipeline>, IChecks<GitHubAction>, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "remote-script-execution", "Downloaded script run without verification", Theme.Injection, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins", "dockerfile"],
        "Whoever controls the URL controls the build", "Check what was downloaded before it runs (echo \"SHA256  install.sh\" | sha256sum --check), or install a pinned package")
    {
        Details = "`curl … | sh`, `bash <(curl …)`, `sh -c \"$(curl …)\"`, `iex (iwr …)`, and a download that is made executable or run later in the job. A checksum or signature between the two is enough, "
            + "and so is an address that names a commit. What is made executable and run, or run twice, is shown once; the other places to `--persona pedantic`.",
    };

    public void Check(Pipeline pipeline, Report report)
    {
        foreach (var job in pipeline.Jobs) CheckJob(job, report);
    }

    public void Check(GitHubAction action, Report report)
    {
        if (action.Runs is { } runs) CheckJob(runs, report);
    }

    public void Check(Docker.Dockerfile file, Report report)
    {
        var (left, told) = (new Dictionary<string, string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var add in file.Of("ADD")) Added(add, left);
        foreach (var run in file.Of("RUN")) CheckScript(run.Arguments, left, told, report);
    }

    // docs.docker.com, "ADD": of an address the file, under its own name where the target is a folder
    private static void Added(Docker.Instruction add, Dictionary<string, string> left)
    {
        if (add.Words is not [.. var sources, var target] || add.Flags.Any(f => f.Text.StartsWith("--checksum", StringComparison.Ordinal))) return;
        foreach (var source in sources)
            if (source.Text.StartsWith("http", StringComparison.Ordinal) && source.Text.Contains("://", StringComparison.Ordinal) && !DownloadedScripts.IsPinned(source.Text))
                left[target.Text.EndsWith('/') ? target.Text + source.Text[(source.Text.LastIndexOf('/') + 1)..] : target.Text] = source.Text;
    }

    private static void CheckJob(Job job, Report report)
    {
        var (left, told) = (new Dictionary<string, string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var step in job.Steps)
            if (step.Script is { } script) CheckScript(script, left, told, report);
    }

    /// <param name="left">Files that earlier scripts fetched.</param>
    /// <param name="told">Files of which it was said already.</param>
    private static void CheckScript(Script script, Dictionary<string, string> left, HashSet<string> told, Report report)
    {
        if (left.Count == 0 && !DownloadedScripts.MayBeIn(script.Shell)) return;
        var seen = new HashSet<TextRange>();
        foreach (var found in DownloadedScripts.In(script.Shell).Concat(DownloadedScripts.Running(script.Shell, left)))
            if (seen.Add(found.Range))
                report.At(script.InFile(found.Range), found.Url is null ? "what was downloaded runs without a check" : $"what comes from {YamlQuote.Short(found.Url, 80)} runs without a check", "expected its checksum or signature to be checked",
                    level: found.File is null || told.Add(found.File) ? null : Level.Pedantic);
        foreach (var (file, url) in DownloadedScripts.Left(script.Shell)) left[file] = url;
    }
}
