using System.Text.RegularExpressions;
using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins.Portable;

/// <summary>What holds for a step by the blocks around it.</summary>
internal sealed record JenkinsStepScope(JenkinsReferences References)
{
    public IReadOnlyList<PortableVariable> Variables { get; init; } = [];

    public PortableText? Folder { get; init; }

    public TimeSpan? Timeout { get; init; }

    public bool Lenient { get; init; }

    public int Retries { get; init; }
}

/// <summary>The meaning of steps.</summary>
internal sealed class JenkinsStepImport(YamlText text, CarriageLog log)
{
    /// <summary>Whether a step asks a person.</summary>
    public bool Manual { get; private set; }

    public IReadOnlyList<PortableStep> All(GroovyBlock block, JenkinsStepScope scope)
    {
        var steps = new List<PortableStep>();
        foreach (var statement in block.Statements)
            if (statement is GroovyCall call) steps.AddRange(Step(call, scope));
            else steps.Add(Left(statement, scope));
        return Named(steps);
    }

    /// <summary>The steps with a name for each artifact.</summary>
    public static IReadOnlyList<PortableStep> Named(IReadOnlyList<PortableStep> steps)
    {
        // what is kept for later jobs need not be kept twice
        var kept = steps.OfType<UploadStep>().ToList();
        return [.. steps.Where(s => s is not UploadStep { ArtifactName.IsEmpty: true } archive || !kept.Any(k => !k.ArtifactName.IsEmpty && Same(k, archive))).Select(s => s is UploadStep { ArtifactName.IsEmpty: true } archive ? archive with { ArtifactName = PortableText.Of("archive") } : s)];
    }

    private static bool Same(UploadStep one, UploadStep other) => one.Paths.Select(p => p.ToString()).SequenceEqual(other.Paths.Select(p => p.ToString()));

    public IEnumerable<PortableStep> Step(GroovyCall call, JenkinsStepScope scope)
    {
        if (call.Receiver is not null) return [Left(call, scope)];
        if (call.Name != "retry" && call.Block is { } narrowed && Within(call, scope) is { } inner) return All(narrowed, inner);
        switch (call.Name)
        {
            case "sh" or "bat" or "powershell" or "pwsh": return [Run(call, scope)];
            case "echo": return scope.References.Read(call.First) is { } said ? [Whole(new RunStep(Lifted(PortableText.Of([new("echo ", null), .. Word(said).Parts]))), call, scope)] : [];
            case "error": return [Whole(new RunStep(Lifted(PortableText.Of([new("echo ", null), .. Word(scope.References.Read(call.First) ?? PortableText.Empty).Parts, new(" >&2; exit 1", null)]))), call, scope)];
            case "checkout": return call.First is GroovyName { Path: "scm" } ? [Whole(new CheckoutStep(), call, scope)] : [Left(call, scope)];
            case "cleanWs" or "deleteDir" or "timestamps": return call.Block is { } block ? All(block, scope) : [];
            case "script": return call.Block is { } body ? All(body, scope) : [];
            case "retry" when call.Block is { } again: return Again(call, again, scope);
            case "input": Manual = true; JenkinsParameters.Asked(call, log); return [];
            case "stash": return [Whole(new UploadStep(scope.References.Read(call.Named("name") ?? call.First) ?? PortableText.Of("stash"), Paths(call.Named("includes"), scope)), call, scope)];
            case "archiveArtifacts": return [Whole(new UploadStep(PortableText.Empty, Paths(call.Named("artifacts") ?? call.First, scope)), call, scope)];
            case "junit" when (call.Named("testResults") ?? call.First) is { } results: return [Whole(new ReportStep("junit", Paths(results, scope)), call, scope)];
            case "unstash": return [scope.Folder is null ? Whole(new DownloadStep(scope.References.Read(call.Named("name") ?? call.First), null), call, scope) : Left(call, scope)];
            default: return [Left(call, scope)];
        }
    }

    /// <summary>Whether what fails within leaves the build as it is (jenkins.io, "Pipeline: Basic Steps": catchError makes it fail where nothing else is said, and goes on).</summary>
    public bool Ignores(GroovyCall lenient)
    {
        var result = (lenient.Named("buildResult") as GroovyText)?.String.Value ?? "FAILURE";
        if (result == "UNSTABLE") log.Changed(lenient.NameRange, "a failure within catchError is passed over, and does not make the build unstable", concern: Concern.Work);
        else if (result != "SUCCESS") log.Changed(lenient.NameRange, "what comes after a failure within catchError does not run", "if: always() in the steps after it", Concern.Work);
        return result is "SUCCESS" or "UNSTABLE";
    }

    /// <summary>What holds within a block by what stands around it; null where that means nothing elsewhere.</summary>
    public JenkinsStepScope? Within(GroovyCall call, JenkinsStepScope scope)
    {
        switch (call.Receiver is null ? call.Name : "")
        {
            case "dir": return scope with { Folder = Below(scope.Folder, scope.References.Read(call.First)) };
            case "timeout": return scope with { Timeout = JenkinsStepWalk.ReadTimeout(call) };
            case "catchError": return scope with { Lenient = Ignores(call) || scope.Lenient };
            case "withEnv": return scope with { Variables = [.. scope.Variables, .. Environment(call, scope)] };
            case "withCredentials": return Bound(call) is { } bound ? scope with { Variables = [.. scope.Variables, .. bound] } : null;
            case "retry":
                if (JenkinsStepWalk.ReadRetry(call).Count is { } count) return scope with { Retries = Math.Max(scope.Retries, count - 1) };
                log.Left(call.NameRange, "how often it is tried again is not carried", "a number");
                return scope;
            default: return null;
        }
    }

    private static PortableText? Below(PortableText? folder, PortableText? inner) =>
        folder is null || inner is null || inner.Parts is not [{ Literal: { } start }, ..] || start.StartsWith('/') ? inner ?? folder : PortableText.Join("/", [folder, inner]);

    private IReadOnlyList<PortableStep> Again(GroovyCall retry, GroovyBlock block, JenkinsStepScope scope)
    {
        var steps = All(block, Within(retry, scope)!);
        if (steps.Count > 1) SayEach(retry);
        return steps;
    }

    /// <summary>Says that what is tried again as a whole is tried again piece by piece.</summary>
    public void SayEach(GroovyCall retry) => log.Changed(retry.NameRange, "each of the steps that are tried again together is tried again by itself");

    private static PortableText Word(PortableText said) => said.IsLiteral ? PortableText.Of(Delivery.Detection.Words.Quote(said.Literal!))
        : PortableText.Of([new("\"", null), .. said.Map(l => l.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal)).Parts, new("\"", null)]);

    private static IReadOnlyList<PortableText> Paths(GroovyNode? node, JenkinsStepScope scope)
    {
        IReadOnlyList<TextPart> below = scope.Folder is { } folder ? [.. folder.Parts, new("/", null)] : [];
        if (scope.References.Read(node) is not { } read) return [scope.Folder ?? PortableText.Of(".")];
        if (read.Literal is not { } all) return [PortableText.Of([.. below, .. read.Parts])];
        var paths = all.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(p => p.EndsWith("/**", StringComparison.Ordinal) && p.Length > 3 ? p[..^2] : p).ToList();
        // a name and all below it is that name, whether a file's or a folder's
        return [.. paths.Where(p => !p.EndsWith('/') || !paths.Contains(p[..^1])).Select(p => PortableText.Of([.. below, new(p, null)]))];
    }

    private List<PortableVariable> Environment(GroovyCall call, JenkinsStepScope scope)
    {
        var found = new List<PortableVariable>();
        foreach (var item in (call.First as GroovyList)?.Items ?? [])
            if (scope.References.Read(item.Value) is { Parts: [{ Literal: { } first }, ..] } pair && first.IndexOf('=') is > 0 and var at)
                found.Add(new(first[..at], PortableText.Of([new(first[(at + 1)..], null), .. pair.Parts.Skip(1)]), item.Value.Range));
            else log.Left(item.Value.Range, "a variable of withEnv is not carried", "write its name as text");
        return found;
    }

    /// <summary>What <c>withCredentials</c> binds; null where a binding is not of one text: a file's variable is the path of the file.</summary>
    private List<PortableVariable>? Bound(GroovyCall call)
    {
        var found = new List<PortableVariable>();
        foreach (var binding in call.Arguments.SelectMany(a => a.Value is GroovyList list ? list.Items.Select(i => i.Value) : [a.Value]))
        {
            if (binding is not GroovyCall bound || bound.Named("credentialsId") is not GroovyText id) return null;
            if (bound.Name == "string" && bound.Named("variable") is GroovyText variable) found.Add(Secret(variable, id.String.Value));
            else if (bound.Name == "usernamePassword" && bound.Named("usernameVariable") is GroovyText user && bound.Named("passwordVariable") is GroovyText password)
            {
                log.Changed(bound.NameRange, $"the credentials {id.String.Value} are two secrets, a user and a password", "keep each as a secret of its own", Concern.Start);
                found.AddRange([Secret(user, id.String.Value + "_USR"), Secret(password, id.String.Value + "_PSW")]);
            }
            else return null;
        }
        return found;
    }

    private static PortableVariable Secret(GroovyText variable, string id) => new(variable.String.Value, PortableText.Of(new PortableReference(ReferenceKind.Secret, id)), variable.Range);

    private PortableStep Run(GroovyCall call, JenkinsStepScope scope)
    {
        if (call.Arguments.Any(a => a.Name is "returnStdout" or "returnStatus")) log.Left(call.NameRange, "what the script gives back to Groovy is not carried", "use it in the same script");
        if (scope.References.Read(call.Named("script") ?? call.First) is not { } read) return Left(call, scope);
        var shell = call.Name switch { "bat" => "cmd", "sh" => null, var other => other };
        var script = JenkinsShell.Model(read, ref shell);
        var run = new RunStep(script, shell, scope.Folder);
        if (run.IsPosix) run = run with { Script = Lifted(ShellText.Read(run.Script, scope.References.Known)) };
        return Labelled(Whole(run, call, scope), call);
    }

    private static PortableStep Labelled(PortableStep step, GroovyCall call) =>
        step with { Name = (call.Named("label") as GroovyText)?.String.Value is { } label ? PortableText.Of(label) : null };

    // a variable of the environment is in the shell, too
    private static PortableText Lifted(PortableText script) => PortableText.Of(script.Parts.Select(p =>
        p.Reference is { Kind: ReferenceKind.Variable or ReferenceKind.Input, Bare: false, Name: { } name } ? new TextPart($"${{{name}}}", null) : p));

    private static PortableStep Whole(PortableStep step, GroovyCall call, JenkinsStepScope scope) =>
        step with { Variables = scope.Variables, Timeout = scope.Timeout, FailureIgnored = scope.Lenient, Retries = scope.Retries, Source = call.NameRange };

    private ForeignStep Left(GroovyNode node, JenkinsStepScope scope) =>
        new(Platform.Jenkins, GroovyOut.Dedented(text.Slice(node.Range)), []) { Variables = scope.Variables, FailureIgnored = scope.Lenient, Retries = scope.Retries, Source = node is GroovyCall call ? call.NameRange : node.Range };
}

/// <summary>Scripts as Jenkins has them: a first line may name another interpreter, which then goes on after a line that failed.</summary>
internal static partial class JenkinsShell
{
    private const string Bash = "#!/usr/bin/env bash\n", Python = "#!/usr/bin/env python3\n";
    private const string Stops = "set -eo pipefail\n", GoesOn = "set +eo pipefail\n";

    public static string Script(string? shell, string text) => shell switch
    {
        "bash" => Bash + (text.StartsWith(GoesOn, StringComparison.Ordinal) ? text[GoesOn.Length..] : Stops + text),
        "python" => Python + text,
        _ => text,
    };

    [GeneratedRegex(@"\A#!\s*/\S*?(?:/env\s+|/)(?<name>bash|python3)(?<options>(?:[ \t]+-[a-z]+)*)[ \t]*\n")]
    private static partial Regex Interpreter();

    /// <summary>The script without its head and the indentation that Groovy's blocks gave it.</summary>
    public static PortableText Model(PortableText script, ref string? shell)
    {
        var parts = script.Parts.ToList();
        var named = shell is null && parts is [{ Literal: { } start }, ..] ? Interpreter().Match(start) : Match.Empty;
        if (parts is [{ Literal: { } first }, ..]) parts[0] = new(first.StartsWith('\n') ? first[1..] : first, null);
        if (parts is [.., { Literal: { } last }]) parts[^1] = new(last.TrimEnd(' ', '\n', '\t'), null);
        var read = PortableText.Of(parts);
        if (named.Success && read.Parts is [{ Literal: { } begin }, ..] && begin.Length >= named.Length)
        {
            shell = named.Groups["name"].Value == "bash" ? "bash" : "python";
            var rest = begin[named.Length..];
            if (shell == "bash") rest = rest.StartsWith(Stops, StringComparison.Ordinal) ? rest[Stops.Length..] : (named.Groups["options"].Value.Contains('e') ? "set +o pipefail\n" : GoesOn) + rest;
            return PortableText.Of([new(rest, null), .. read.Parts.Skip(1)]);
        }
        if (shell is null && read.Literal is { } text)
        {
            var lines = text.Split('\n');
            var indent = lines.Where(l => l.Trim().Length > 0).Select(l => l.Length - l.TrimStart(' ').Length).DefaultIfEmpty(0).Min();
            var outer = string.Join('\n', lines.Select(l => l.Length >= indent ? l[indent..] : l.TrimStart(' ')));
            // within a here-document or a text of several lines blanks are not for show
            if (indent > 0 && (ShellText.Lines(outer) is not null || !outer.Contains("<<", StringComparison.Ordinal))) read = PortableText.Of(outer);
        }
        return read;
    }
}
