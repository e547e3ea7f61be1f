using System.Text.Json;
using Signalbox.Audit;
using Signalbox.Audit.Organisations;
using Signalbox.Audit.Output;

namespace Signalbox.Tests.Audit;

/// <summary>Many checkouts at once.</summary>
public sealed class OrganisationTests
{
    private const string Bad = "on: push\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ uses: acme/build@v1 }] } }\n";

    [Fact]
    public void Find_TakesCheckoutsAtAnyOwnersDepth_AndNotWhatLiesInThem()
    {
        using var folder = new TempDirectory();
        foreach (var path in (string[])["acme/shop/.git/HEAD", "acme/shop/vendor/lib/.git/HEAD", "tool/.git", "github.com/acme/deep/.git/HEAD", "notes/readme.md"]) folder.Write(path, "x");
        Directory.CreateSymbolicLink(folder.In("loop"), folder.Path);
        Assert.Equal(["acme/shop", "github.com/acme/deep", "tool"], OrganisationRun.Find(folder.Path).Select(r => r.Name));
    }

    [Fact]
    public void Find_WithoutAnyCheckout_TakesEachFolder()
    {
        using var folder = new TempDirectory();
        foreach (var path in (string[])["b/x", "a/x"]) folder.Write(path, "x");
        Assert.Equal(["a", "b"], OrganisationRun.Find(folder.Path).Select(r => r.Name));
    }

    [Fact]
    public void Find_ACheckoutItself_IsOne()
    {
        using var folder = new TempDirectory();
        foreach (var path in (string[])["shop/.git/HEAD", "shop/src/x", "shop/deploy/x"]) folder.Write(path, "x");
        Assert.Equal([("shop", folder.In("shop"))], OrganisationRun.Find(folder.In("shop")));
    }

    [Fact]
    public void Markdown_OfOneCheckout_SaysItsRulesAndWhatCouldNotBeRead()
    {
        var row = new RepositorySummary("shop", 3, 0, 1, 0, 0, 0, "B", new Dictionary<string, string>(), [new("unpinned-action", 1)], "some files could not be read");
        var text = new StringWriter { NewLine = "\n" };
        OrganisationText.WriteMarkdown(text, new([row]));
        Assert.Contains("**1 finding** in 1 repository\n", text.ToString());
        Assert.Contains("- unpinned-action: 1 finding in 1 of 1\n", text.ToString());
        Assert.Contains("- shop: some files could not be read\n", text.ToString());
    }

    [Fact]
    public void Run_CountsEachRepository_AsItsOwnAuditDoes()
    {
        using var folder = new TempDirectory();
        for (var i = 0; i < 20; i++) folder.Write($"r{i:00}/.github/workflows/ci.yml", i % 2 == 0 ? Bad : "on: push\npermissions: {}\njobs: {}\n");
        folder.Write("r03/signalbox.yaml", "apiVersion: signalbox/v1\naudit: { rules: { unpinned-action: { off: ours } } }\n");
        folder.Write("r04/signalbox.yaml", "apiVersion: signalbox/v1\naudit: { rules: { unpinned-action: { off: ours } } }\n");
        var report = OrganisationRun.Run(OrganisationRun.Find(folder.Path), new([RuleTable.Find("unpinned-action")!]), _ => true, TestContext.Current.CancellationToken);
        Assert.Equal(20, report.Repositories.Count);
        Assert.Equal(9, report.Repositories.Count(r => r.High == 1));
        Assert.Equal(0, report.Repositories[4].Findings);
        var spread = Assert.Single(report.Rules);
        Assert.Equal(("unpinned-action", 9, 9), (spread.Rule, spread.Repositories, spread.Findings));
        using var json = JsonDocument.Parse(AuditJson.Render(report));
        Assert.Equal("r00", json.RootElement.GetProperty("repositories")[0].GetProperty("path").GetString());
    }

    [Fact]
    public void Run_AFolderThatIsGone_IsARowWithItsReason()
    {
        var row = Assert.Single(OrganisationRun.Run([("gone", "/nowhere/at/all")], new(RuleTable.All), _ => true, TestContext.Current.CancellationToken).Repositories);
        Assert.Contains("cannot be read", row.Problem);
    }

    [Fact]
    public void Text_IsATable_WithoutWhatCouldSteerATerminal()
    {
        var row = new RepositorySummary("a\u001b[31mb", 3, 0, 1, 2, 0, 0, "B", new Dictionary<string, string>(), [new("unpinned-action", 3)]);
        var text = new StringWriter { NewLine = "\n" };
        OrganisationText.Write(text, new([row, row with { Path = "longer/name", Problem = "some files could not be read" }]));
        Assert.DoesNotContain('\u001b', text.ToString());
        Assert.StartsWith("repository   grade  files  critical  high  medium  low  info\n", text.ToString());
        Assert.Contains("longer/name: some files could not be read\n", text.ToString());
        Assert.Contains("unpinned-action: 6 findings in 2 of 2\n", text.ToString());
    }
}
