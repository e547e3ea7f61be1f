using Signalbox.Diagnostics;

namespace Signalbox.Tests.Diagnostics;

public sealed class FindingRenderTests
{
    private static readonly Finding Stale = new(
        "gate-evidence-stale", Severity.Error, "the vulnerability scan is older than this gate allows",
        [new("signalbox.yaml", 14, 7, 11, "      maxAge: 24h", "newest scan of sha256:9f2c… is 3 days old")],
        "signalbox evidence add scan --subject sha256:9f2c… trivy.json", "security (@acme/appsec)");

    [Fact]
    public void Text_IsTheHouseVoice() => Assert.Equal(
        """
        error[gate-evidence-stale]: the vulnerability scan is older than this gate allows
          --> signalbox.yaml:14:7
           |
        14 |       maxAge: 24h
           |       ^^^^^^^^^^^ newest scan of sha256:9f2c… is 3 days old
           = help: signalbox evidence add scan --subject sha256:9f2c… trivy.json
           = hand to: security (@acme/appsec)

        """, FindingText.Render([Stale]));

    [Fact]
    public void Text_Subject_HasNoSnippet() => Assert.Equal(
        "warning[x]: slow\n --> rollout shop/production, step 2 of 4\n",
        FindingText.Render([new("x", Severity.Warning, "slow", [new("rollout shop/production, step 2 of 4")])]));

    [Fact]
    public void Text_ControlCharacters_DoNotReachTheTerminal()
    {
        var text = FindingText.Render([Finding.Error("x", "a\e[2Jb", new("f\e]0;x\a", 1, 2, 3, "\tab\e[31m\u202e", "\r\n"))]);
        Assert.DoesNotContain('\e', text);
        Assert.DoesNotContain('\a', text);
        Assert.DoesNotContain('\u202e', text);
    }

    [Fact]
    public void Text_LongLine_ShowsWhatIsAroundTheColumn()
    {
        var text = FindingText.Render([Finding.Error("x", "m", new("f", 1, 500_001, 3, new string('a', 500_000) + "bcd" + new string('e', 500_000)))]);
        Assert.True(text.Length < 500);
        var lines = text.Split('\n');
        Assert.Equal("bcd", lines[3].Substring(lines[4].IndexOf('^', StringComparison.Ordinal), 3));
        Assert.EndsWith("^^^", lines[4]);
    }

    [Fact]
    public void Text_Colour_IsOptional()
    {
        Assert.Contains("\e[1;31merror[", FindingText.Render([Stale], colour: true));
        Assert.False(FindingText.UseColour(terminal: true, noColor: "1"));
        Assert.False(FindingText.UseColour(terminal: false, noColor: null));
        Assert.True(FindingText.UseColour(terminal: true, noColor: ""));
    }

    [Fact]
    public void Sort_IsByFileLineColumn()
    {
        Finding At(string path, int line, int column) => Finding.Error("x", $"{path}{line}{column}", new(path, line, column));
        Finding[] findings = [At("b", 1, 1), At("a", 10, 1), At("a", 2, 9), At("a", 2, 3)];
        Assert.Equal(["a23", "a29", "a101", "b11"], FindingOrder.Sort(findings).Select(f => f.Message));
    }

    [Fact]
    public void Json_HasNamesAndWords()
    {
        var json = FindingJson.Render([Stale]);
        Assert.Contains("\"id\": \"gate-evidence-stale\"", json);
        Assert.Contains("\"severity\": \"Error\"", json);
        Assert.Contains("\"line\": 14", json);
    }
}
