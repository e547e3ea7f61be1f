using System.Text;
using Signalbox.Audit;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

/// <summary>Fixes of the audited folder: written, or shown.</summary>
internal static class DiskFixes
{
    public static void Apply(Auditor auditor, string root, FixChoice choice, Func<AuditFinding, bool> wanted, Session session)
    {
        var (changed, applied) = Run(auditor, root, choice, wanted);
        session.Cancel.ThrowIfCancellationRequested();
        foreach (var file in changed.Values) Write(root, file);
        // formats for programs keep standard output for themselves
        var to = Verb.FormatNameOf(session.Parsed) == "text" ? session.Out : session.Error;
        to.WriteLine($"mended {applied} {(applied == 1 ? "finding" : "findings")} in {changed.Count} {(changed.Count == 1 ? "file" : "files")}");
    }

    /// <summary>Prints what <c>--fix</c> would change, and changes nothing.</summary>
    public static void Show(Auditor auditor, string root, FixChoice choice, Func<AuditFinding, bool> wanted, TextWriter to)
    {
        var (changed, _) = Run(auditor, root, choice, wanted);
        foreach (var (path, file) in changed.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            var diff = UnifiedDiff.Of(path, FileLoader.Load(root, path).File?.Text.Content ?? "", file.Text.Content);
            // what is piped on is applied; a terminal would obey what stands in the file
            to.Write(Screen.IsInteractive ? string.Join('\n', diff.Split('\n').Select(line => FindingText.Printable(line, keepTabs: true))) : diff);
        }
    }

    private static (IReadOnlyDictionary<string, SourceFile> Changed, int Applied) Run(Auditor auditor, string root, FixChoice choice, Func<AuditFinding, bool> wanted) =>
        FixRun.Apply(files => [.. auditor.Run(root, files).Findings.Where(wanted)], path => FileLoader.Load(root, path).File, choice);

    /// <summary>Beside, flushed, renamed over: a full disk leaves the file as it was.</summary>
    private static void Write(string root, SourceFile file)
    {
        var path = Path.Combine(root, file.Path);
        var encoding = new UTF8Encoding(file.ByteOrderMark);
        var mode = File.GetUnixFileMode(path);
        AtomicFile.Write(path, [.. encoding.GetPreamble(), .. encoding.GetBytes(file.Text.Content)], mode);
        // the mask of the process does not narrow what was there
        File.SetUnixFileMode(path, mode);
    }
}
