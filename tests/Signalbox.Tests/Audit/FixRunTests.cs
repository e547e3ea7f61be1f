using Signalbox.Audit;
using Signalbox.Diagnostics;
using Signalbox.Yaml;

namespace Signalbox.Tests.Audit;

/// <summary>The loop that applies fixes.</summary>
public sealed class FixRunTests
{
    private static readonly RuleInfo s_rule = RuleTable.All.First(r => r.Info.Fix is not null).Info;

    [Fact]
    public void FixWhoseFindingStays_IsTakenBack()
    {
        // the first fix writes behind a comment, the second one mends
        var (text, applied) = Fixed("a # b\nc\n", [("a #", " x"), ("c", " y")], mended: text => text.Contains("c y", StringComparison.Ordinal) ? ["c"] : []);
        Assert.Equal("a # b\nc y\n", text);
        Assert.Equal(1, applied);
    }

    [Fact]
    public void OnlyUselessFixes_ChangeNothing()
    {
        var (text, applied) = Fixed("a # b\n", [("a #", " x")], mended: _ => []);
        Assert.Equal("a # b\n", text);
        Assert.Equal(0, applied);
    }

    [Fact]
    public void FindingThatMovesToThePlaceOfAMendedOne_IsMendedToo()
    {
        var (file, audits) = (new SourceFile("list", new("bad\nbad\ngood\n")), 0);
        var (changed, applied) = FixRun.Apply(
            changed =>
            {
                audits++;
                return [.. Lines(changed.GetValueOrDefault("list", file)).Where(l => l.Text == "bad").Select(l => Finding(l.Line, new(new(l.Start, l.Start + 4), "")))];
            },
            _ => file, FixChoice.Safe);
        Assert.Equal("good\n", changed["list"].Text.Content);
        Assert.Equal(2, applied);
        Assert.Equal(3, audits);
    }

    private static (string Text, int Applied) Fixed(string text, (string Line, string Added)[] fixes, Func<string, string[]> mended)
    {
        var file = new SourceFile("list", new(text));
        var (changed, applied) = FixRun.Apply(
            changed =>
            {
                var now = changed.GetValueOrDefault("list", file);
                return [.. from line in Lines(now)
                           from fix in fixes
                           where line.Text.StartsWith(fix.Line, StringComparison.Ordinal) && !mended(now.Text.Content).Contains(fix.Line)
                           select Finding(line.Line, new(new(line.Start + line.Text.Length, line.Start + line.Text.Length), fix.Added))];
            },
            _ => file, FixChoice.Safe);
        return (changed.GetValueOrDefault("list", file).Text.Content, applied);
    }

    private static AuditFinding Finding(int line, TextEdit edit) =>
        new(s_rule, "is bad", [new Location("list", line, 1)], RuleSeverity.Low, Confidence.High, Persona.Regular, new(FixSafety.Safe, "mend", [new("list", edit)]));

    private static IEnumerable<(int Line, int Start, string Text)> Lines(SourceFile file)
    {
        var (line, start) = (1, 0);
        foreach (var text in file.Text.Content.Split('\n'))
        {
            yield return (line++, start, text);
            start += text.Length + 1;
        }
    }
}
