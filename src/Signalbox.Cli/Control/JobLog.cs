using System.Text;

namespace Signalbox.Cli.Control;

/// <summary>
/// A CI job's log. Azure Pipelines and GitHub read commands out of it (<c>##vso[task.setvariable …]</c>, <c>::add-mask::</c>), so that what a control plane
/// elsewhere says could set the variables of later steps: a space breaks such a command, and people read the line all the same. JSON says the same in other characters.
/// </summary>
/// <remarks>Sources: learn.microsoft.com, "Logging commands"; docs.github.com, "Workflow commands".</remarks>
internal sealed class JobLog(TextWriter to, bool json) : TextWriter
{
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => to.Encoding;

    /// <summary>The writer itself where nobody reads commands from it, or nobody elsewhere is asked.</summary>
    public static TextWriter Of(TextWriter to, string[] args) => (IsSet("TF_BUILD") || IsSet("GITHUB_ACTIONS")) && (IsSet(ControlPlaneUrl.Variable) || Array.Exists(args, word => word.StartsWith("--url", StringComparison.Ordinal)))
        ? new JobLog(to, UsageErrors.WantsJson(args)) { NewLine = to.NewLine }
        : to;

    public override void Write(char value)
    {
        _line.Append(value);
        if (value == '\n') Flush();
    }

    public override void Flush()
    {
        if (_line.Length == 0) return;
        var line = _line.ToString();
        _line.Clear();
        to.Write(json ? line.Replace("##", @"#\u0023", StringComparison.Ordinal) : Broken(line));
        to.Flush();
    }

    internal static string Broken(string line)
    {
        var plain = line.Replace("##", "# #", StringComparison.Ordinal);
        return plain.TrimStart().StartsWith("::", StringComparison.Ordinal) ? ": " + plain.TrimStart()[1..] : plain;
    }

    private static bool IsSet(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 };

    protected override void Dispose(bool disposing)
    {
        if (disposing) Flush();
        base.Dispose(disposing);
    }
}
