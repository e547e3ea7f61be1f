using Signalbox.Yaml;

namespace Signalbox.Audit.Docker;

/// <summary>Changes of a word of an instruction.</summary>
internal static class DockerFix
{
    /// <summary>Puts words behind a place of the file.</summary>
    public static Fix After(Report report, FixSafety safety, string title, TextRange place, string words) =>
        report.Fix(safety, title, new TextEdit(new(place.End, place.End), words));

    /// <summary>Takes a word and the blanks before it away.</summary>
    public static Fix Drop(Report report, FixSafety safety, string title, TextRange word)
    {
        var text = report.File.Text.Content;
        var start = word.Start;
        while (start > 0 && text[start - 1] is ' ' or '\t') start--;
        return report.Fix(safety, title, new TextEdit(new(start, word.End), ""));
    }
}
