using Signalbox.Delivery.Policies;
using Signalbox.Gates;

namespace Signalbox.Tests.Gates;

/// <summary>A gate's lines as they are shown: at most twelve, the worst first, each once and on one line.</summary>
public sealed class GateLinesTests
{
    [Fact]
    public void Twelve_AreAllShown_AndOfThirteenOneIsCounted()
    {
        Assert.Equal(12, Shown(Many(12, 0)).Count);
        Assert.Equal((13, "and 1 more"), (Shown(Many(13, 0)).Count, Shown(Many(13, 0))[^1].Text));
        Assert.Equal("and 2 more", Shown(Many(14, 0))[^1].Text);
    }

    [Fact]
    public void Worst_IsFirst_AndTheCountIsOfTheWorstThatIsNotShown()
    {
        var shown = Shown(Many(20, 5));
        Assert.Equal([.. Enumerable.Range(0, 5).Select(i => $"no {i}"), .. Enumerable.Range(0, 7).Select(i => $"yes {i}"), "and 13 more"], shown.Select(line => line.Text));
        Assert.Equal((GateVerdict.Allow, "gate-more"), (shown[^1].Verdict, shown[^1].Id));
        Assert.Equal(GateVerdict.Deny, Shown(Many(1, 13))[^1].Verdict);
    }

    [Fact]
    public void Verdict_IsTheWorst()
    {
        var lines = new GateLines();
        Assert.Equal((GateVerdict.Undecided, true), (lines.Verdict, lines.IsEmpty));
        lines.Allow("yes");
        Assert.Equal((GateVerdict.Allow, false), (lines.Verdict, lines.IsEmpty));
        lines.Undecided("id", "who knows", "look");
        Assert.Equal(GateVerdict.Undecided, lines.Verdict);
        lines.Deny("id", "no", "mend it");
        lines.Allow("yes again");
        Assert.Equal(GateVerdict.Deny, lines.Verdict);
    }

    [Fact]
    public void HandedTo_IsWhoeverMendsIt_AndNobodyWhereNothingNeedsIt()
    {
        Assert.Equal("devops", Many(0, 1).ToResult("tests", "policy", GateMode.Enforce, "devops", null).HandTo);
        Assert.Null(Many(1, 0).ToResult("tests", "policy", GateMode.Enforce, "devops", null).HandTo);
    }

    /// <summary>The same words twice are one line; as a no they are another one.</summary>
    [Fact]
    public void SameWords_AreSaidOnce_OfEachVerdict()
    {
        var lines = new GateLines();
        for (var i = 0; i < 20; i++) lines.Deny("id", "the same", "mend it");
        lines.Undecided("id", "the same", "look");
        Assert.Equal([GateVerdict.Deny, GateVerdict.Undecided], Shown(lines).Select(line => line.Verdict));
    }

    [Fact]
    public void Taken_AreCountedAsIfTheyHadBeenSaidHere()
    {
        var lines = Many(1, 1);
        lines.Take(Many(0, 40));
        Assert.Equal((13, "and 30 more"), (Shown(lines).Count, Shown(lines)[^1].Text));
        var few = new GateLines();
        few.Take(Many(1, 1));
        Assert.Equal(["no 0", "yes 0"], Shown(few).Select(line => line.Text));
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(401, true)]
    public void Text_IsCutPastFourHundredCharacters(int length, bool cut)
    {
        var lines = new GateLines();
        lines.Deny("id", new string('a', length), new string('b', length));
        var line = Assert.Single(Shown(lines));
        Assert.Equal(cut ? new string('a', 400) + "…" : new string('a', length), line.Text);
        Assert.Equal(cut ? new string('b', 400) + "…" : new string('b', length), line.Help);
    }

    [Fact]
    public void ControlCharacter_IsABlank()
    {
        var lines = new GateLines();
        lines.Deny("id", "a\nb", "c\u001bd e");
        Assert.Equal(("a b", "c d e"), (Shown(lines)[0].Text, Shown(lines)[0].Help));
    }

    [Fact]
    public void Evidence_OfALine_IsNamedOnce_AndAtMostTwentyTimes()
    {
        var release = new GateFixture();
        for (var i = 0; i < 21; i++) release.Add(Signalbox.Evidence.EvidenceKind.Test, null);
        var lines = new GateLines();
        lines.Allow("yes", release.Items);
        lines.Allow("yes of one", release.Items[0], release.Items[0]);
        Assert.Equal(release.Items.Take(20).Select(item => item.Record.Id), Shown(lines)[0].Evidence);
        Assert.Equal(release.Items[0].Record.Id, Assert.Single(Shown(lines)[1].Evidence));
    }

    private static GateLines Many(int allowed, int denied)
    {
        var lines = new GateLines();
        for (var i = 0; i < allowed; i++) lines.Allow($"yes {i}");
        for (var i = 0; i < denied; i++) lines.Deny("id", $"no {i}", "mend it");
        return lines;
    }

    private static IReadOnlyList<GateLine> Shown(GateLines lines) => lines.ToResult("tests", "policy", GateMode.Enforce, null, null).Lines;
}
