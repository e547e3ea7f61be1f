using System.Text;
using Signalbox.Audit;

namespace Signalbox.Cli.Verbs;

/// <summary>Writes fixes to the audited folder.</summary>
internal static class DiskFixes
{
    public static void Apply(Auditor auditor, string root, FixChoice choice, Persona persona, Session session)
    {
        var (changed, applied) = FixRun.Apply(files => [.. auditor.Run(root, files).Findings.Where(f => f.Persona <= persona)], path => FileLoader.Load(root, path).File, choice);
        foreach (var file in changed.Values) Write(root, file);
        session.Say($"mended {applied} {(applied == 1 ? "finding" : "findings")} in {changed.Count} {(changed.Count == 1 ? "file" : "files")}");
    }

    /// <summary>Beside, flushed, renamed over: a full disk leaves the file as it was.</summary>
    private static void Write(string root, SourceFile file)
    {
        var path = Path.Combine(root, file.Path);
        var beside = $"{path}.signalbox-{Environment.ProcessId}";
        try
        {
            File.WriteAllText(beside, file.Text.Content, new UTF8Encoding(file.ByteOrderMark));
            File.SetUnixFileMode(beside, File.GetUnixFileMode(path));
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }
}
