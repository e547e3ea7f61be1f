using System.Text.RegularExpressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Ignores;

/// <summary>Finds the ignores of a file by their words alone, so that they are read in every language whose comments begin with <c>#</c>, <c>//</c> or <c>/*</c>.</summary>
internal static partial class InlineIgnoreReader
{
    private const string Word = "signalbox:";

    public static IReadOnlyList<InlineIgnore> Read(SourceFile file)
    {
        // most files have none, and this look costs next to nothing
        if (!file.Text.Content.Contains(Word, StringComparison.Ordinal)) return [];
        return [.. Comment().Matches(file.Text.Content).Select(match => Of(file, match))];
    }

    private static InlineIgnore Of(SourceFile file, Match match)
    {
        var rules = match.Groups["rules"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var reason = End().Replace(match.Groups["reason"].Value, "").Trim(' ', '\t', ':', '-');
        var own = match.Groups["own"];
        var at = file.Text.At(own.Index);
        return new(file, new(own.Index, own.Index + own.Value.TrimEnd().Length), rules, reason, Target(file.Text, at));
    }

    private static int Target(YamlText text, YamlSpan comment)
    {
        if (!string.IsNullOrWhiteSpace(text.Line(comment.Line)![..(comment.Column - 1)])) return comment.Line;
        for (var line = comment.Line + 1; text.Line(line) is { } next; line++)
            if (!Silent().IsMatch(next)) return line;
        return comment.Line;
    }

    [GeneratedRegex(@"(?:^|(?<=[\s{]))(?<own>(?>#+|//+|/\*+)[ \t]*(?:[^\s#/]\S{0,63}[ \t]+(?=signalbox:[ \t]*ignore[ \t]*\[))?signalbox:[ \t]*ignore\b(?:[ \t]*\[(?<rules>[^\]\r\n]*)\])?(?<reason>[^\r\n]*))", RegexOptions.Multiline)]
    private static partial Regex Comment();

    // what closes a comment in Groovy, and in a template of Helm
    [GeneratedRegex(@"\*/.*$")]
    private static partial Regex End();

    /// <summary>A line without anything but a comment.</summary>
    [GeneratedRegex(@"^\s*(?:#|//|/\*|$)")]
    private static partial Regex Silent();
}
