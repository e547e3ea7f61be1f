using Signalbox.Pipelines.Portable;
using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.GitLab.Portable;

/// <summary>The steps of a job as the lines of one script: GitLab runs them all in one shell.</summary>
/// <param name="triedWhole">Whether trying the job again is trying its one step again.</param>
internal sealed class GitLabScript(PortableJob job, bool triedWhole, CarriageLog log)
{
    private readonly List<YamlOut> _script = [];
    private readonly List<YamlOut> _after = [];

    public IReadOnlyList<YamlOut> Script => _script;

    public IReadOnlyList<YamlOut> After => _after;

    public void Lost(string message) => _script.Add(new OutText(LeftStep.Script(message)));

    public void Add(PortableStep step, bool last)
    {
        JobToken.Say(step, Platform.GitLab, log);
        if (step is LoginStep login && JobToken.GoesElsewhere(login, Platform.GitLab))
        {
            log.Left(step.Source, JobToken.Refused(login, Platform.GitLab), JobToken.Instead);
            Put(step with { When = RunsWhen.Succeeded, FailureIgnored = false }, [LeftStep.Script(JobToken.Refused(login, Platform.GitLab))], false);
            return;
        }
        if (step is LoginStep or ImageStep || (step is RunStep whole && Unfit(whole) is null)) log.Whole(step.Source, LeftStep.Name(step));
        switch (step)
        {
            case RunStep run: Run(run, last); break;
            case LoginStep or ImageStep: Put(step, DockerCommands.Of(step, t => Value(t, step)), false); break;
            case ForeignStep foreign:
                log.Left(step.Source, $"{foreign.Uses} is not carried", "do what it does with commands");
                // what stands in after_script fails nothing
                Put(step.When == RunsWhen.Failed ? step : step with { When = RunsWhen.Succeeded }, [LeftStep.Script(LeftStep.Of(foreign))], false);
                break;
        }
    }

    private void Run(RunStep run, bool last)
    {
        var missing = run.Script.References.Where(r => r.InText || GitLabReferences.Name(r) is null).Select(r => r.Name ?? r.Kind.ToString()).Distinct().ToList();
        foreach (var name in missing) log.Left(run.Source, $"{name} is not set on GitLab", "see what the script takes from it");
        if (missing.Count > 0) Lost($"{string.Join(", ", missing)}: not set on GitLab");
        var powershell = run.Shell is "pwsh" or "powershell";
        string Variable(PortableReference r) => GitLabReferences.Name(r) ?? r.Name ?? r.Kind.ToString();
        var text = run.Script.Render(l => l, r => run.IsPosix ? ShellText.Variable(r, Variable(r)) : powershell ? $"$env:{Variable(r)}" : Variable(r));
        if (Unfit(run) is var (why, nearest))
        {
            log.Left(run.Source, $"a script for the shell {run.Shell} is not carried{why}", nearest);
            Put(run, [LeftStep.Script($"a script for the shell {run.Shell}: {text}")], false);
            return;
        }
        if (run.Shell is null or "sh" && ShellText.HasPipe(text)) log.Changed(run.Source, "where the image has bash, a pipe fails with any of its parts on GitLab", "set +o pipefail", Concern.Work);
        if (run.IsPosix || (powershell && job.Runner.System == RunnerSystem.Windows)) { Put(run, [text], last); return; }
        var end = "SCRIPT";
        while (text.Split('\n').Contains(end)) end += "_";
        Put(run, [$"{(run.Shell == "pwsh" ? "pwsh -Command -" : "python3 -")} <<'{end}'\n{text}\n{end}"], last);
    }

    /// <summary>Why a script is not carried, and what comes closest; null where it is.</summary>
    private (string Why, string Nearest)? Unfit(RunStep run) => (job.Runner.System, run.Shell) switch
    {
        // GitLab's machines of that system have PowerShell
        (RunnerSystem.Windows, not (null or "pwsh" or "powershell")) => (": the job's machine has PowerShell", "write it for PowerShell"),
        (RunnerSystem.Windows, _) or (_, null or "sh" or "bash") => null,
        (_, "pwsh" or "python") when !run.Script.References.Any() => null,
        _ => ("", "write it into a file, and run that"),
    };

    /// <summary>A step with what is around it: its variables, folder and condition hold for it alone.</summary>
    private void Put(PortableStep step, IReadOnlyList<string> commands, bool last)
    {
        var before = new List<string>();
        foreach (var variable in step.Variables)
            if (!IsGiven(variable)) before.Add($"export {Names.Variable(variable.Name)}={Value(variable.Value, step)}");
        if (step is RunStep script && script.Script.References.Any(r => r.Kind == ReferenceKind.OutputFile)) before.Add($"export {GitLabOutputs.Variable}=\"{GitLabOutputs.File(step.Id)}\"");
        if (step is RunStep { Folder: { } folder }) before.Add($"cd {Value(folder, step)}");
        var condition = step.If is null ? null : ShellCondition.Write(step.If);
        if (step.If is not null && condition is null)
        {
            log.Left(step.Source, $"the condition of a step is not carried: {step.If}", "write it as a test in the script");
            Lost($"the condition of a step could not be carried: {step.If}");
        }
        if (step.Retries > 0 && !triedWhole) log.Left(step.Source, "how often a step is tried again is not carried", "retry: of a job of its own", Concern.Frame);
        if (step.Timeout is not null) log.Left(step.Source, "the time limit of a step is not carried", "the job's own timeout:");
        if (step.When == RunsWhen.Failed) condition = condition is null ? "[ \"$CI_JOB_STATUS\" = failed ]" : $"[ \"$CI_JOB_STATUS\" = failed ] && {condition}";
        var target = step.When == RunsWhen.Succeeded ? _script : _after;
        var after = step.When != RunsWhen.Succeeded;
        if (after && !step.FailureIgnored) log.Changed(step.Source, "what runs after a failure stands in after_script:, whose own failure fails nothing");
        // the last of what fails nothing anyway needs nothing around it
        if (after && last) step = step with { FailureIgnored = false };
        if (step.FailureIgnored) log.Changed(step.Source, "a step whose failure does not matter runs on after the line that failed");
        Entries(target, step, before, commands, condition, last);
    }

    private static void Entries(List<YamlOut> target, PortableStep step, List<string> before, IReadOnlyList<string> commands, string? condition, bool last)
    {
        var title = step.Name?.ToString();
        var body = string.Join('\n', commands);
        if (before.Count == 0 && condition is null && !step.FailureIgnored && (last || !ShellText.Lasts(body)))
        {
            foreach (var (line, i) in (ShellText.Lines(body) ?? [body]).Select((l, i) => (l, i))) target.Add(new OutText(line.Length == 0 ? ":" : line, i == 0 ? title : null));
            return;
        }
        // not indented: a here-document's end must stand at the line's beginning
        var whole = string.Join('\n', [.. before, body]);
        var text = $"(\n{whole}\n)";
        if (step.FailureIgnored) text += " || true";
        if (condition is not null) text = $"if {condition}; then\n{text}\nfi";
        target.Add(new OutText(text, title));
    }

    // a CI/CD variable is in every job under its own name
    private bool IsGiven(PortableVariable variable)
    {
        if (variable.Value.Parts is not [{ Reference: { Kind: ReferenceKind.Secret or ReferenceKind.Setting } reference }] || reference.Name != variable.Name) return false;
        GitLabWriter.SaySecret(reference, variable.Source, log);
        return true;
    }

    /// <summary>One word of a shell command.</summary>
    private string Value(PortableText text, PortableStep step)
    {
        foreach (var reference in text.References)
            if (Said(reference) is null)
            {
                log.Left(step.Source, $"{reference.Name ?? reference.Kind.ToString()} is not set on GitLab", "write what is meant");
                Lost($"{reference.Name ?? reference.Kind.ToString()} is not set on GitLab");
            }
            else if (reference.Kind is ReferenceKind.Secret) GitLabWriter.SaySecret(reference, step.Source, log);
        return ShellText.Word(text, Said);
    }

    private string? Said(PortableReference reference) => GitLabOutputs.Read(job, reference) ?? GitLabReferences.Name(reference);

    /// <summary>A line of its own after all steps.</summary>
    public void End(string line) => _script.Add(new OutText(line));
}
