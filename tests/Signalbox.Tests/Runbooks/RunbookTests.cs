using Signalbox.Runbooks;

namespace Signalbox.Tests.Runbooks;

public sealed class RunbookTests
{
    private static readonly RunbookFacts s_facts = new(
        "/var/lib/signal box", "shop", "production", "shop-2", "staging", "shop-3", ["http://127.0.0.1:8080"], new Dictionary<string, string> { ["devops"] = "@acme/platform" });

    [Fact]
    public void Of_WritesThoseThatApply()
    {
        Assert.Equal(["roll-back", "promote", "restore", "drain-host", "rotate-token"], RunbookWriter.Of(s_facts).Select(runbook => runbook.Name));
        Assert.Equal(["restore", "drain-host", "rotate-token"], RunbookWriter.Of(s_facts with { Stable = null, From = null }).Select(runbook => runbook.Name));
    }

    [Fact]
    public void Markdown_HasTheLinesToPaste()
    {
        var page = RunbookMarkdown.Write("shop/production", RunbookWriter.Of(s_facts));
        Assert.Contains("signalbox release promote shop-3 --to production --state '/var/lib/signal box'", page);
        Assert.Contains("hand it to devops (@acme/platform)", page);
        Assert.Contains("Fill in `PRINCIPAL`, `SCOPE`, `TOKEN`", page);
    }

    [Fact]
    public void Blanks_AreFilledAndNothingElse()
    {
        var step = new RunbookStep("x", "restore", "BACKUP", "--check").Filled(new Dictionary<string, string> { ["BACKUP"] = "/b", ["restore"] = "rm" });
        Assert.Equal(["restore", "/b", "--check"], step.Command);
        Assert.Empty(step.Blanks);
    }

    [Fact]
    public void Line_QuotesWhatAShellWouldTakeApart() =>
        Assert.Equal("""signalbox a 'it'\''s' '' '$(x)' b=/c""", new RunbookStep("x", "a", "it's", "", "$(x)", "b=/c").Line);
}
