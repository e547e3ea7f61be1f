using System.Text.Json;
using Signalbox.Audit;
using Signalbox.Audit.Output;

namespace Signalbox.Tests.Audit;

/// <summary>Rules, catalogue, lists and pages agree.</summary>
public sealed class CatalogueTests
{
    private static readonly string s_rules = Path.Combine(Cases.Root, "src", "Signalbox", "Audit", "Rules");

    // docs/decisions/0159: what the catalogue leaves to the parser
    private static readonly string[] s_own = ["invalid-pipeline-syntax"];

    [Fact]
    public void EveryRuleFile_IsInItsThemesList_AndLiesInItsThemesFolder()
    {
        var listed = RuleTable.All.ToDictionary(r => r.GetType().Name, r => r.Info.Theme.ToString());
        foreach (var file in Directory.EnumerateFiles(s_rules, "*Rule.cs", SearchOption.AllDirectories))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            Assert.True(listed.TryGetValue(name, out var theme), $"{name} is in no theme's list");
            Assert.Equal(theme, Path.GetFileName(Path.GetDirectoryName(file)));
        }
        Assert.Equal(RuleTable.All.Count, RuleTable.All.Select(r => r.Info.Id).Distinct().Count());
    }

    [Fact]
    public void EveryRule_IsTheCataloguesConcept()
    {
        var path = Path.Combine(Cases.Root, "..", "shared", "audit-cases", "rules.json");
        Assert.SkipUnless(File.Exists(path), "the catalogue is not beside the repository");
        using var catalogue = JsonDocument.Parse(File.ReadAllText(path));
        var known = catalogue.RootElement.GetProperty("rules").EnumerateArray().ToDictionary(r => r.GetProperty("id").GetString()!);
        Assert.Empty(known.Keys.Except(RuleTable.All.Select(r => r.Info.Id)));
        foreach (var rule in RuleTable.All.Select(r => r.Info).Where(r => !s_own.Contains(r.Id)))
        {
            Assert.True(known.TryGetValue(rule.Id, out var concept), $"{rule.Id} is not in the catalogue");
            Assert.Equal(concept.GetProperty("title").GetString(), rule.Title);
            Assert.Equal(concept.GetProperty("theme").GetString()!.Replace("-", "", StringComparison.Ordinal), rule.Theme.ToString(), ignoreCase: true);
            Assert.Equal(concept.GetProperty("severity").GetString(), rule.Severity.ToString(), ignoreCase: true);
            if (concept.GetProperty("fixable").GetBoolean()) Assert.NotNull(rule.Fix);
        }
    }

    [Fact]
    public void EveryRule_HasItsPage()
    {
        var pages = Path.Combine(Cases.Root, "docs", "rules");
        Directory.CreateDirectory(pages);
        foreach (var rule in RuleTable.All)
            Cases.Verify(Path.Combine(pages, rule.Info.Id + ".md"), RulePage.Markdown(rule.Info, Example(rule.Info.Id)));
        var names = Directory.EnumerateFiles(pages, "*.md").Select(p => Path.GetFileNameWithoutExtension(p)).Except(["README"]);
        Assert.Empty(names.Except(RuleTable.All.Select(r => r.Info.Id)));
    }

    private static string? Example(string id)
    {
        var expected = Path.Combine(Cases.Root, "tests", "cases", "audit", id, "error", "expected.txt");
        return File.Exists(expected) ? File.ReadAllText(expected) : null;
    }
}
