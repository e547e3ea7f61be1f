using System.Globalization;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Pipelines.Portable;
using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.GitHubActions.Portable;

/// <summary>Writes the steps of a job.</summary>
/// <param name="root">Where the files of what is brought were.</param>
/// <param name="values">With what a person must see to before the job may go on; each is a failing step at the beginning.</param>
internal sealed class GitHubStepWriter(PortableJob job, Func<DownloadStep, string?> root, GitHubValues values, CarriageLog log)
{
    public IReadOnlyList<YamlOut> Steps()
    {
        var steps = job.Steps.Select(Step).ToList();
        if (job.Calls is { } calls) values.Lost.Add($"{calls.Uses} is called, which only {PlatformNames.Of(calls.Platform)} has");
        if (job.Calls is { } foreign) log.Left(foreign.Source, $"job {job.Id}: {foreign.Uses} is not carried", "write its steps here");
        steps.InsertRange(0, values.Lost.Select(m => Failing(m)));
        if (steps.Count == 0) steps.Add(new OutMap().Add("run", ":"));
        return [.. steps];
    }

    private static OutMap Failing(string message) => new OutMap()
        .Add("name", "Left for a person").Add("run", GitHubReferences.Literal(LeftStep.Script(message)));

    private OutMap Step(PortableStep step)
    {
        var map = new OutMap().Add("name", Say(step.Name, step)).Add("id", step.Id is { } id ? Names.Axis(id) : null);
        var condition = GitHubConditions.Write(step.When, takenAlong: true, step.If, r => values.Compared(r, ExpressionPlace.StepIf), out var problem);
        if (problem is not null)
        {
            log.Left(step.Source, $"the condition of a step is not carried: {problem}", "write it as an expression, and take the failing step out");
            values.Lost.Add($"the condition of a step could not be carried: {problem}");
        }
        map.Add("if", condition);
        if (step.FailureIgnored) map.Add("continue-on-error", true);
        map.Add("timeout-minutes", step.Timeout is { } time ? (long)Math.Ceiling(time.TotalMinutes) : null);
        if (step.Retries > 0 && step is not RunStep) log.Left(step.Source, "how often a step is tried again is not carried", "a script that tries its command again", Concern.Frame);
        Body(step, map);
        return map;
    }

    private void Body(PortableStep step, OutMap map)
    {
        if (step is LoginStep odd && JobToken.GoesElsewhere(odd, Platform.GitHubActions))
        {
            log.Left(step.Source, JobToken.Refused(odd, Platform.GitHubActions), JobToken.Instead);
            map.Add("run", GitHubReferences.Literal(LeftStep.Script(JobToken.Refused(odd, Platform.GitHubActions))));
            return;
        }
        if (step is not ForeignStep && !(step is RunStep { Shell: "cmd" } && LacksWindows)) log.Whole(step.Source, LeftStep.Name(step));
        switch (step)
        {
            case RunStep run: Run(run, map); break;
            case CheckoutStep checkout: Use(map, step, "actions/checkout", With(("fetch-depth", Number(checkout.Depth)), ("submodules", checkout.Submodules), ("lfs", checkout.Lfs ? "true" : null), ("persist-credentials", checkout.KeepsCredentials ? null : "false"))); break;
            case SetupStep setup: Use(map, step, $"actions/setup-{setup.Tool}", With(($"{setup.Tool}-version", Say(setup.Version, step)), ("distribution", setup.Distribution ?? (setup.Tool == "java" ? "temurin" : null)), ("cache", setup.Cache))); break;
            case CacheStep cache: Use(map, step, "actions/cache", With(("path", Lines(cache.Paths, step)), ("key", Key(cache)), ("restore-keys", Lines(cache.RestoreKeys, step)))); break;
            case UploadStep upload: Use(map, step, "actions/upload-artifact", With(("name", Say(upload.ArtifactName, step)), ("path", Lines(upload.Paths, step)), ("include-hidden-files", !upload.LeavesHidden && UploadStep.MayHoldHidden(upload.Paths) ? "true" : null), ("retention-days", Number(upload.RetentionDays)))); break;
            case ReportStep report:
                log.Changed(step.Source, $"the {report.Kind} reports are kept and not shown", "an action that shows them");
                Use(map, step, "actions/upload-artifact", With(("name", $"{Names.Axis(job.Id)}-{report.Kind}{(job.Matrix is null ? "" : "-${{ strategy.job-index }}")}"), ("path", Lines(report.Paths, step))));
                break;
            case DownloadStep download: Use(map, step, "actions/download-artifact", With(("name", Say(download.ArtifactName, step)), ("path", download.Folder is { } folder ? Say(folder, step) is { } said && said != "." ? said : null : root(download) is { } was && was != "." ? GitHubReferences.Literal(was) : null))); break;
            case LoginStep login: Use(map, step, "docker/login-action", With(("registry", Say(login.Registry, step)), ("username", Say(login.User, step)), ("password", Say(login.Password, step)))); break;
            case ImageStep image: Use(map, step, "docker/build-push-action", With(("context", Say(image.Context, step)), ("file", Say(image.File, step)), ("target", Say(image.Target, step)), ("push", image.Pushes ? "true" : "false"), ("tags", Lines(image.Tags, step)), ("build-args", Lines(image.Arguments, step)))); break;
            case ForeignStep { Platform: Platform.GitHubActions } foreign:
                log.Whole(step.Source, $"uses {foreign.Uses}");
                map.Add("uses", foreign.Uses, PinnedActions.VersionOf(foreign.Uses)).Add("with", values.Variables(foreign.Inputs, ExpressionPlace.StepWith)).Add("env", values.OfStep(step.Variables));
                break;
            case ForeignStep foreign:
                log.Left(step.Source, $"{foreign.Uses} is not carried", "do what it does with commands");
                map.Add("run", GitHubReferences.Literal(LeftStep.Script(LeftStep.Of(foreign))));
                break;
        }
    }

    private bool LacksWindows => job.Runner is { System: not RunnerSystem.Windows, SelfHosted: false } && job.Runner.Labels.All(l => l.Literal is not null);

    private void Run(RunStep run, OutMap map)
    {
        var shell = run.Shell;
        if (shell is "cmd" or "powershell" && LacksWindows)
        {
            if (shell == "cmd") { NoWindows(run, map); return; }
            log.Changed(run.Source, "a script for powershell is run by pwsh, which is on every machine", "runs-on: windows-latest");
            shell = "pwsh";
        }
        var given = new List<PortableVariable>();
        string? Said(PortableReference r) => Plain(r, run) ?? Handed(r, run, given);
        var missing = run.Script.References.Where(r => Said(r) is null).Select(r => r.Name ?? r.Kind.ToString()).Distinct().ToList();
        foreach (var name in missing) log.Left(run.Source, $"{name} is not set on GitHub", "see what the script takes from it");
        var text = run.Script.Render(GitHubReferences.Literal, r => Said(r) ?? GitHubReferences.Literal(LeftStep.Unset(r)));
        if (missing.Count > 0) text = $"{GitHubReferences.Literal(LeftStep.Script($"{string.Join(", ", missing)}: not set on GitHub"))}\n{text}";
        // what runs however the job ended is not tried again with it
        var retries = Math.Max(run.When == RunsWhen.Succeeded ? job.Retries : 0, run.Retries);
        if (retries > 0 && Starts(shell) is { } start) text = Again(text, start, retries);
        else if (retries > 0) log.Left(run.Source, $"a script for the shell {shell ?? "pwsh"} is not tried again", "try the command again in the script");
        map.Add("run", new OutText(text.Length == 0 ? ":" : text)).Add("shell", shell).Add("working-directory", Say(run.Folder, run)).Add("env", values.OfStep([.. given, .. run.Variables]));
    }

    // docs.github.com, "jobs.<job_id>.steps[*].shell": how a script is started; null where no shell of POSIX does
    private string? Starts(string? shell) => shell switch
    {
        "sh" => "sh -e",
        "bash" => "bash -e -o pipefail",
        null when job.Runner.System == RunnerSystem.Windows => null,
        // a container need not have bash
        null => job.Container is null ? "bash -e" : "sh -e",
        _ => null,
    };

    // GitHub tries no job again: a script is kept in a file, and started until it succeeds
    private static string Again(string text, string start, int retries)
    {
        var end = "SCRIPT";
        while (text.Split('\n').Contains(end)) end += "_";
        var tries = string.Join(' ', Enumerable.Range(1, retries + 1));
        return $"cat > \"$RUNNER_TEMP/tried\" <<'{end}'\n{text}\n{end}\nfor try in {tries}; do {start} \"$RUNNER_TEMP/tried\" && exit 0; done\nexit 1";
    }

    private void NoWindows(RunStep run, OutMap map)
    {
        log.Left(run.Source, "a script for the shell cmd is not carried: the job's machine is no Windows", "runs-on: windows-latest");
        map.Add("run", GitHubReferences.Literal(LeftStep.Script("a script for the shell cmd needs a Windows machine")));
    }

    /// <summary>What the platform would put into a script's text is handed over as a variable instead, so that it cannot become code.</summary>
    private string? Handed(PortableReference reference, RunStep run, List<PortableVariable> given)
    {
        if (!run.IsPosix || reference.InText || reference.Kind == ReferenceKind.Axis || GitHubReferences.Expression(reference) is null) return null;
        var (value, wanted) = (PortableText.Of(reference with { Bare = false }), reference.Kind == ReferenceKind.Foreign ? "EXPRESSION" : Names.Variable(reference.Of is { } of ? $"{of}_{reference.Name}" : reference.Name ?? reference.Kind.ToString()));
        var name = wanted;
        for (var i = 2; IsOther(name); i++) name = $"{wanted}_{i}";
        if (!given.Exists(v => v.Name == name)) given.Add(new(name, value, run.Source));
        return ShellText.Variable(reference, name);

        // the shell's own, the script's own, or a variable of that name with another value
        bool IsOther(string taken) => taken is "PATH" or "HOME" or "IFS" || ReferenceTable.IsReserved(taken, Platform.GitHubActions)
            || run.Script.Parts.Any(p => p.Literal?.Contains($"{taken}=", StringComparison.Ordinal) == true)
            || given.Concat(run.Variables).Concat(values.All).Any(v => v.Name == taken && !(v.Value.Parts is [{ Reference: { } same }] && same == reference with { Bare = false }));
    }

    private static string? Plain(PortableReference reference, RunStep run)
    {
        if (reference.InText) return GitHubReferences.Expression(reference) is { } whole ? $"${{{{ {whole} }}}}" : null;
        if (reference is { Kind: ReferenceKind.Foreign, Platform: Platform.GitHubActions } && !reference.Name!.StartsWith("${{", StringComparison.Ordinal)) return ShellText.Variable(reference, reference.Name);
        if (run.IsPosix && reference.Kind == ReferenceKind.Variable) return ShellText.Variable(reference, reference.Name!);
        if (run.IsPosix && ReferenceTable.Shell(reference.Kind, Platform.GitHubActions) is { } variable) return ShellText.Variable(reference, variable);
        if (run.IsPosix && reference.Kind != ReferenceKind.Axis) return null;
        return reference.Bare || GitHubReferences.Expression(reference) is not { } expression ? null : $"${{{{ {expression} }}}}";
    }

    private void Use(OutMap map, PortableStep step, string action, OutMap with)
    {
        var (uses, version) = PinnedActions.Of(action);
        map.Add("uses", uses, version).Add("with", with).Add("env", values.Variables(step.Variables, ExpressionPlace.StepEnv));
    }

    private static OutMap With(params (string Name, string? Value)[] inputs)
    {
        var map = new OutMap();
        foreach (var (name, value) in inputs)
            if (!string.IsNullOrEmpty(value)) map.Add(name, value is "true" or "false" || (name is "fetch-depth" or "retention-days") ? new OutPlain(value) : new OutText(value));
        return map;
    }

    private string? Say(PortableText? text, PortableStep step) => values.Text(text, ExpressionPlace.StepWith, step.Source);

    private string? Lines(IReadOnlyList<PortableText> lines, PortableStep step) => lines.Count == 0 ? null : string.Join('\n', lines.Select(l => Say(l, step))) + (lines.Count > 1 ? "\n" : "");

    private string Key(CacheStep cache)
    {
        var key = Say(cache.Key, cache) ?? "cache";
        return cache.KeyFiles.Count == 0 ? key : $"{key}${{{{ hashFiles({string.Join(", ", cache.KeyFiles.Select(f => $"'{f.Replace("'", "''", StringComparison.Ordinal)}'"))}) }}}}";
    }

    private static string? Number(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
