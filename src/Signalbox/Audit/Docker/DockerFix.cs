using Signalbox.Yaml;

namespace Signalbox.Audit.Docker;

/// <summary>Changes of a word of an instruction.</summary>
internal static class DockerFix
{
    /// <summary>Puts words behind a place of the file.</summary>
    public static Fix After(Report report, FixSafety safety, string title, TextRange place, string words) =>
        report.Fix(safety, title, new TextEdit(new(place.End, place.End), words));

    /// <summary>Sets a stage's user for what the container starts: before its program is named, once nothing more is built.</summary>
    /// <returns>Null for Windows, whose users are others.</returns>
    public static Fix? User(Report report, Dockerfile file, DockerStage stage, string user)
    {
        if (s_windows.Any(w => stage.Image.Contains(w, StringComparison.OrdinalIgnoreCase))) return null;
        var text = report.File.Text.Content;
        var breaks = YamlPatch.Break(text);
        var own = file.In(stage).Where(i => !i.IsOnBuild).ToList();
        var built = own.FindLastIndex(i => i.Name is not ("CMD" or "ENTRYPOINT"));
        var (at, line) = own.Skip(built + 1).FirstOrDefault() is { } start ? (start.Range.Start, $"USER {user}{breaks}") : (own[^1].Range.End, $"{breaks}USER {user}");
        return report.Fix(FixSafety.Unsafe, $"start as user {user}", new TextEdit(new(at, at), line));
    }

    private static readonly string[] s_windows = ["windows", "nanoserver", "servercore"];

    /// <summary>Takes a word and the blanks before it away.</summary>
    public static Fix Drop(Report report, FixSafety safety, string title, TextRange word)
    {
        var text = report.File.Text.Content;
        var start = word.Start;
        while (start > 0 && text[start - 1] is ' ' or '\t') start--;
        return report.Fix(safety, title, new TextEdit(new(start, word.End), ""));
    }
}
