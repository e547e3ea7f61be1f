using Signalbox.Audit.Shell;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitHub;

/// <summary>Moves an expression out of a script into a variable of the step.</summary>
internal sealed class ScriptInjectionFix(ExpressionText text, YamlMapping root, Report report)
{
    // set by the runner in every step; docs.github.com, "Variables reference", default environment variables
    private static readonly HashSet<string> s_given = new(StringComparer.Ordinal)
    {
        "GITHUB_ACTION", "GITHUB_ACTION_PATH", "GITHUB_ACTION_REPOSITORY", "GITHUB_ACTOR", "GITHUB_ACTOR_ID", "GITHUB_API_URL", "GITHUB_BASE_REF", "GITHUB_EVENT_NAME",
        "GITHUB_EVENT_PATH", "GITHUB_GRAPHQL_URL", "GITHUB_HEAD_REF", "GITHUB_JOB", "GITHUB_REF", "GITHUB_REF_NAME", "GITHUB_REF_PROTECTED", "GITHUB_REF_TYPE", "GITHUB_REPOSITORY",
        "GITHUB_REPOSITORY_ID", "GITHUB_REPOSITORY_OWNER", "GITHUB_REPOSITORY_OWNER_ID", "GITHUB_RETENTION_DAYS", "GITHUB_RUN_ATTEMPT", "GITHUB_RUN_ID", "GITHUB_RUN_NUMBER",
        "GITHUB_SERVER_URL", "GITHUB_SHA", "GITHUB_TRIGGERING_ACTOR", "GITHUB_WORKFLOW", "GITHUB_WORKFLOW_REF", "GITHUB_WORKFLOW_SHA", "GITHUB_WORKSPACE",
        "RUNNER_ARCH", "RUNNER_DEBUG", "RUNNER_NAME", "RUNNER_OS", "RUNNER_TEMP", "RUNNER_TOOL_CACHE",
    };

    /// <summary>The edits of one expression, or null where no deterministic one exists.</summary>
    public Fix? Of(ExpressionPart part)
    {
        if (text.Place != ExpressionPlace.StepRun || text.Step is not { Node: { } node } step || part.Root is not { } expression || expression.Path is not { } path) return null;
        if (Name(path) is not { } wanted || Expansion(step, path, part.Outer, wanted) is null) return null;
        var raw = text.Scalar.Value[part.Outer.Start..part.Outer.End];
        var where = report.InFile(text, part.Outer);
        // folded and escaped text does not stand in the file as it is
        if (report.File.Text.Slice(where) != raw) return null;
        var (name, isNew) = Variable(step, wanted, path, raw);
        List<TextEdit> edits = [new(where, Expansion(step, path, part.Outer, name)!)];
        if (isNew) edits.Add(Declare(node, name, raw));
        return report.Fix(FixSafety.Unsafe, $"hand the value over in ${name}", edits);
    }

    private TextEdit Declare(YamlMapping node, string name, string raw)
    {
        var entry = $"{name}: {raw}";
        return node.Mapping("env") is { } env ? YamlPatch.Add(report.File.Text, env, entry) : YamlPatch.Add(report.File.Text, node, $"env:\n  {entry}");
    }

    /// <summary>A variable that holds the value already, one the runner gives, or a new name.</summary>
    private (string Name, bool IsNew) Variable(Step step, string wanted, string path, string raw)
    {
        if (path.StartsWith("env.", StringComparison.Ordinal) || s_given.Contains(wanted)) return (wanted, false);
        IReadOnlyList<Variable> around = [.. step.Variables, .. text.Job?.Variables ?? [], .. Pipelines.GitHubActions.GitHubReader.Environment(root)];
        if (around.FirstOrDefault(v => IsName(v.Name) && v.Value is { } value && Squeezed(value) == Squeezed(raw)) is { } known) return (known.Name, false);
        var name = wanted;
        for (var i = 1; around.Any(v => v.Name == name); i++) name = $"{wanted}_{i}";
        return (name, true);
    }

    private static string Squeezed(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    /// <summary><c>github.event.issue.title</c> gives GITHUB_EVENT_ISSUE_TITLE; what can be part of no name gives null.</summary>
    private string? Name(string path)
    {
        var parts = path.Split('.');
        if (parts[0] == "env") return parts.Length == 2 && IsName(parts[1]) ? AsWritten(parts[1]) : null;
        var name = string.Join('_', parts.Select(p => p == "*" ? "ANY" : p)).Replace('-', '_').ToUpperInvariant();
        return IsName(name) ? name : null;
    }

    // POSIX.1-2024, definition of Name: what a shell's variable may be called
    private static bool IsName(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    // environment variables differ by case; the expression's path does not keep it
    private string? AsWritten(string name)
    {
        var at = text.Scalar.Value.IndexOf("env." + name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? null : text.Scalar.Value.Substring(at + 4, name.Length);
    }

    private string? Expansion(Step step, string path, TextRange piece, string name) => ShellName(step.Shell) switch
    {
        "bash" or "sh" or "zsh" => Posix(step, path, piece, name),
        // cmd puts a value in before it reads the line: only an account's name holds none of its signs
        "cmd" when path is "github.actor" or "github.triggering_actor" => $"%{name}%",
        "pwsh" or "powershell" => PowerShell(piece, name),
        // where a matrix chooses the machine there is no one spelling, but a POSIX shell is what nearly all have
        _ => null,
    };

    private string? Posix(Step step, string path, TextRange piece, string name) => IsMoreThanText(step, piece) ? null : ShellQuoting.At(text.Scalar.Value, piece.Start) switch
    {
        // what may be a list of words would become one
        Quoting.Plain when path.StartsWith("steps.", StringComparison.Ordinal) || path.StartsWith("needs.", StringComparison.Ordinal) || IsListed(piece.Start) => null,
        Quoting.Double or Quoting.HereDocument or Quoting.Comment => $"${{{name}}}",
        Quoting.Plain => $"\"${{{name}}}\"",
        Quoting.Single => $"'\"${{{name}}}\"'",
        _ => null,
    };

    // another program reads it as code, and would read the variable's text so, too; or a backslash takes the quotes' meaning away
    private bool IsMoreThanText(Step step, TextRange piece) => step.Script is not { } script || CodeReaders.Read(script.Shell, piece.Start)
        || text.Scalar.Value.AsSpan(0, piece.Start) is var before && ((before.Length - before.TrimEnd('\\').Length) & 1) == 1;

    /// <summary>Whether a place is one of the words of a loop or of a list: <c>for f in …</c>, <c>files=(…)</c>.</summary>
    private bool IsListed(int place)
    {
        var line = text.Scalar.Value.AsSpan(0, place);
        line = line[(line.LastIndexOf('\n') + 1)..];
        return line.TrimStart().StartsWith("for ") || (line.LastIndexOf("=(") is >= 0 and var open && !line[open..].Contains(')'));
    }

    private string? PowerShell(TextRange piece, string name)
    {
        var script = text.Scalar.Value;
        if (!PowerShellQuoting.Expands(script, piece.Start)) return null;
        // what goes on like a name would be read as part of it
        return piece.End < script.Length && (char.IsLetterOrDigit(script[piece.End]) || script[piece.End] is '_' or ':' or '?') ? $"${{env:{name}}}" : $"$env:{name}";
    }

    /// <summary>The shell's program: <c>bash</c> of <c>/usr/bin/bash -e {0}</c>.</summary>
    private static string? ShellName(string? shell)
    {
        if (shell is null) return null;
        var program = shell.Split(' ', 2)[0];
        return program[(program.LastIndexOf('/') + 1)..];
    }
}
