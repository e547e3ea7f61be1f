using System.Text.RegularExpressions;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins.Portable;

/// <summary>Writes the steps of a job.</summary>
internal sealed partial class JenkinsStepWriter(PortableJob job, GroovyOut to, CarriageLog log)
{
    /// <param name="lost">What a person must see to; each is a failing step at the beginning.</param>
    public void Write(List<string> lost)
    {
        var after = job.Steps.Where(s => s.When != RunsWhen.Succeeded).ToList();
        to.Block("steps", () =>
        {
            foreach (var message in lost) Fail(message);
            var steps = job.Steps.Except(after).ToList();
            if (job.FailureIgnored && lost.Count > 0) to.Comment("catchError stood around these steps: their failure does not matter");
            if (job.FailureIgnored && lost.Count == 0) to.Block("catchError(buildResult: 'SUCCESS', stageResult: 'FAILURE')", () => All(steps));
            else All(steps);
        });
        if (after.Count == 0) return;
        to.Block("post", () =>
        {
            foreach (var group in after.GroupBy(s => s.When == RunsWhen.Failed)) to.Block(group.Key ? "failure" : "always", () => All([.. group]));
        });
    }

    /// <summary>The steps where a job is no stage: what holds for the job holds for each.</summary>
    public void Plain()
    {
        foreach (var setup in job.Steps.OfType<SetupStep>())
        {
            log.Left(setup.Source, $"{setup.Tool} is not set up", "an image with all the tools of the job");
            Fail($"{setup.Tool} must be there at the end of the pipeline");
        }
        All([.. job.Steps.Where(s => s is not (CheckoutStep or SetupStep)).Select(s => s with { Variables = [.. PortableVariable.Last(job.Variables.Concat(s.Variables))], Timeout = s.Timeout ?? job.Timeout })]);
    }

    private void All(List<PortableStep> steps)
    {
        var first = true;
        var wrote = false;
        foreach (var step in steps)
        {
            if (step is CheckoutStep checkout)
            {
                log.Whole(step.Source, "checkout, which a stage does by itself");
                if (checkout is not { Depth: null, Submodules: null, Lfs: false }) log.Left(step.Source, "how deep and with which submodules the sources are fetched is set in the project", "checkout scmGit(…)");
                if (wrote || !first || steps.Count == 1) { to.Line("checkout scm"); wrote = true; }
                first = false;
                continue;
            }
            if (step is SetupStep) continue;
            if (step is not ForeignStep && !(step is RunStep script && Starts(ShellOf(script)) is null)) log.Whole(step.Source, LeftStep.Name(step));
            // a comment alone needs nothing around it
            if (step is CacheStep) { Body(step); continue; }
            Around(step);
            wrote = true;
        }
        if (!wrote) to.Line("echo 'nothing to do'");
    }

    private void Fail(string message) => to.Line($"error({GroovyOut.Quoted($"left for a person: {message.ReplaceLineEndings(" ")}")})");

    // each wrapper stands around what comes after it
    private void Around(PortableStep step)
    {
        Action body = () => Body(step);
        var secrets = step.Variables.Where(v => v.Value.Parts is [{ Reference.Kind: ReferenceKind.Secret }]).ToList();
        var odd = step.Variables.Where(v => v.Value.References.Any(r => JenkinsReferences.Name(r) is null)).ToList();
        foreach (var variable in odd) log.Left(variable.Source, $"the variable {variable.Name}: {variable.Value} is not carried", "Jenkins has no such value: write what is meant");
        foreach (var reference in DockerCommands.Texts(step).SelectMany(t => t.References).Where(r => JenkinsReferences.Name(r) is null)) { log.Left(step.Source, $"{reference.Name ?? reference.Kind.ToString()} is not set on Jenkins", "credentials of Jenkins"); Fail($"{reference.Name ?? reference.Kind.ToString()} is not set on Jenkins"); }
        foreach (var variable in odd) Fail($"the variable {variable.Name}: {variable.Value}");
        foreach (var text in Texts(step).Where(t => t.References.Any(r => JenkinsReferences.Name(r) is null))) Fail($"the value {text} is not carried");
        // a secret within a longer text, or where no shell reads it, is there under its own name
        secrets.AddRange(Inside(step).Where(r => r.Kind == ReferenceKind.Secret).Distinct().Where(r => !Given(r)).Select(r => new PortableVariable(Names.Variable(r.Name!), PortableText.Of(r), step.Source)));
        var plain = step.Variables.Except(secrets).Except(odd).ToList();
        if (step.Retries > 0) body = Within($"retry({step.Retries + 1})", body);
        if (step.FailureIgnored) body = Within("catchError(buildResult: 'SUCCESS', stageResult: 'UNSTABLE')", body);
        if (step is RunStep { Folder: { } folder }) body = Within($"dir({Value(folder, step.Source, log)})", body);
        if (step is DownloadStep { ArtifactName: not null, Folder: { } place })
        {
            log.Left(step.Source, $"{LeftStep.Name(step)}: it comes to where it was, not to {place}", "move the files in the script");
            Fail($"{LeftStep.Name(step)}: it comes to where it was, not to {place}");
        }
        if (step.Timeout is { } time) body = Within($"timeout(time: {(int)Math.Ceiling(time.TotalMinutes)}, unit: 'MINUTES')", body);
        if (plain.Count > 0) body = Within($"withEnv([{string.Join(", ", plain.Select(v => Value(PortableText.Of([new($"{Names.Variable(v.Name)}=", null), .. v.Value.Parts]), v.Source, log)))}])", body);
        if (secrets.Count > 0) body = Within($"withCredentials([{string.Join(", ", secrets.Select(Bound))}])", body);
        if (step.If is { } condition)
        {
            if (JenkinsConditions.Expression(condition) is { } test) body = Within("script", Within($"if ({test})", body));
            else
            {
                log.Left(step.Source, $"the condition of a step is not carried: {condition}", "script { if (…) { … } }");
                Fail($"the condition of a step could not be carried: {condition}");
            }
        }
        body();
    }

    private static IEnumerable<PortableReference> Inside(PortableStep step) =>
        step.Variables.Where(v => v.Value.Parts.Count > 1).SelectMany(v => v.Value.References).Concat(step is RunStep { IsPosix: false } run ? run.Script.References : []);

    // the job's environment holds it under its own name
    private bool Given(PortableReference secret) => job.Variables.Any(v => v.Name == Names.Variable(secret.Name!) && v.Value.Parts is [{ Reference: { } same }] && same == secret);

    /// <summary>Every value in it that is no script and no command's.</summary>
    private static IEnumerable<PortableText> Texts(PortableStep step) => step switch
    {
        RunStep { Folder: { } folder } => [folder],
        ReportStep report => report.Paths,
        UploadStep upload => [upload.ArtifactName, .. upload.Paths],
        DownloadStep { ArtifactName: { } name } => [name],
        _ => [],
    };

    private Action Within(string head, Action body) => () => to.Block(head, body);

    private string Bound(PortableVariable variable)
    {
        var secret = variable.Value.Parts[0].Reference!.Name!;
        SaySecret(secret, variable.Source, log);
        return $"string(credentialsId: {GroovyOut.Quoted(secret)}, variable: {GroovyOut.Quoted(Names.Variable(variable.Name))})";
    }

    public static void SaySecret(string secret, TextRange place, CarriageLog log) => log.Changed(place, $"{secret} comes from Jenkins' credentials", $"Manage Jenkins > Credentials: a secret text with the id {secret}");

    private void Body(PortableStep step)
    {
        if (step.Name is { } name && step is not RunStep) to.Comment(name.ToString());
        switch (step)
        {
            case RunStep run: Run(run); break;
            case CacheStep cache: log.Changed(cache.Source, "Jenkins keeps no caches: the build is slower", "the Job Cacher plug-in"); to.Comment($"a cache of {string.Join(", ", cache.Paths)} stood here"); break;
            case UploadStep upload:
                var paths = PortableText.Join(",", upload.Paths.SelectMany(Files).DistinctBy(p => p.ToString()));
                if (upload.RetentionDays is not null) log.Changed(upload.Source, "how long the artifact is kept is the project's", "options { buildDiscarder(…) }");
                to.Line($"stash name: {Value(upload.ArtifactName, step.Source, log)}, includes: {Value(paths, step.Source, log)}");
                to.Line($"archiveArtifacts artifacts: {Value(paths, step.Source, log)}");
                break;
            case ReportStep { Kind: "junit" } tests: to.Line($"junit {Value(PortableText.Join(",", tests.Paths), step.Source, log)}"); break;
            case ReportStep coverage:
                log.Changed(step.Source, "coverage is recorded", "the Coverage plug-in");
                to.Line($"recordCoverage(tools: [[parser: 'COBERTURA', pattern: {Value(PortableText.Join(",", coverage.Paths), step.Source, log)}]])");
                break;
            case DownloadStep { ArtifactName: { } stash }: to.Line($"unstash {Value(stash, step.Source, log)}"); break;
            case DownloadStep: log.Left(step.Source, "bringing the artifacts of every job is not carried", "unstash each by name"); Fail("bring the artifacts of every job: unstash each by name"); break;
            case LoginStep or ImageStep: to.Script("sh", string.Join('\n', DockerCommands.Of(step, Word))); break;
            case ForeignStep { Platform: Platform.Jenkins } foreign:
                log.Whole(step.Source, foreign.Uses.Split('\n')[0]);
                to.Lines(foreign.Uses);
                break;
            case ForeignStep foreign:
                log.Left(step.Source, $"{foreign.Uses} is not carried", "do what it does with commands");
                Fail(LeftStep.Of(foreign));
                break;
        }
    }

    // ant.apache.org, "Directory-based Tasks: Patterns": a folder alone names no file, and what looks like a file's name may be a folder's
    private static IEnumerable<PortableText> Files(PortableText path)
    {
        if (path.Parts is not [.., { Literal: { } end }]) return [path];
        if (end.EndsWith('/')) return [PortableText.Of([.. path.Parts, new("**", null)])];
        if (path.Literal is not { } text || text.IndexOfAny(['*', '?']) >= 0 || IsFile().IsMatch(text)) return [path];
        return text is "." ? [PortableText.Of("**")] : [path, PortableText.Of(text + "/**")];
    }

    [GeneratedRegex(@"[^/.]\.[A-Za-z][A-Za-z0-9]{0,4}\z")]
    private static partial Regex IsFile();

    private string Word(PortableText text)
    {
        foreach (var secret in text.References.Where(r => r.Kind == ReferenceKind.Secret))
            if (!job.Variables.Any(v => v.Name == secret.Name)) log.Left(job.Source, $"{secret.Name} is not in the stage's environment", $"environment {{ {secret.Name} = credentials('{secret.Name}') }}");
        return ShellText.Word(text, JenkinsReferences.Name);
    }

    private void Run(RunStep run)
    {
        var missing = run.Script.References.Where(r => r.InText || JenkinsReferences.Name(r) is null).Select(r => r.Name ?? r.Kind.ToString()).Distinct().ToList();
        foreach (var name in missing) log.Left(run.Source, $"{name} is not set on Jenkins", "see what the script takes from it");
        if (missing.Count > 0) Fail($"{string.Join(", ", missing)}: not set on Jenkins");
        var shell = ShellOf(run);
        if (Starts(shell) is not { } step)
        {
            log.Left(run.Source, $"a script for the shell {shell} is not carried", "write it into a file, and run that");
            Fail($"a script for the shell {shell}");
            return;
        }
        string Variable(PortableReference r) => JenkinsReferences.Name(r) ?? r.Name ?? r.Kind.ToString();
        var script = run.Script.Render(l => l, r => run.IsPosix ? ShellText.Variable(r, Variable(r)) : step is "pwsh" or "powershell" ? $"$env:{Variable(r)}" : step == "bat" ? $"%{Variable(r)}%" : Variable(r));
        var text = JenkinsShell.Script(shell, script.Length == 0 ? ":" : script);
        if (shell is null && ShellText.IsBash(script)) log.Changed(run.Source, "the script is for bash, and sh of a node may be another shell", "sh '''#!/usr/bin/env bash", Concern.Work);
        if (run.Name?.Literal is { } label && !text.Contains('\n')) to.Line($"{step} label: {GroovyOut.Quoted(label)}, script: {GroovyOut.Quoted(text)}");
        else
        {
            if (run.Name is { } title) to.Comment(title.ToString());
            to.Script(step, text, interpreted: text.Length > script.Length);
        }
    }

    private string? ShellOf(RunStep run) => run.Shell ?? (job.Runner.System == RunnerSystem.Windows ? "pwsh" : null);

    /// <summary>The step that starts a shell; null where none does.</summary>
    private static string? Starts(string? shell) => shell switch { null or "sh" or "bash" or "python" => "sh", "cmd" => "bat", "pwsh" or "powershell" => shell, _ => null };

    /// <summary>A value; what Jenkins does not have in it is left.</summary>
    public static string Value(PortableText text, TextRange place, CarriageLog log)
    {
        foreach (var reference in text.References.Where(r => JenkinsReferences.Name(r) is null)) log.Left(place, $"the value {text} is not carried", "Jenkins has no such variable: write what is meant");
        return text.References.Any(r => JenkinsReferences.Name(r) is null) ? GroovyOut.Quoted($"left for a person: {text}") : GroovyOut.Value(text, r => $"env.{JenkinsReferences.Name(r)}");
    }
}
