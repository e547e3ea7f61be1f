using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Signalbox.Audit;
using Signalbox.Audit.Grades;
using Signalbox.Audit.Output;
using Signalbox.Evidence.Reports.Schemas;

namespace Signalbox.Tests.Audit;

/// <summary>One report in every format, kept in tests/cases/audit-output.</summary>
public sealed partial class FormatTests
{
    private static readonly string s_folder = Path.Combine(Cases.Root, "tests", "cases", "audit-output");

    public static TheoryData<string> Formats => [.. AuditFormats.Names];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Write_EachFormat_IsAsAccepted(string format) => Cases.Verify(Path.Combine(s_folder, $"expected.{format}.txt"), Rendered(format, Report()));

    [Fact]
    public void Write_Grades_TellEachPoint()
    {
        var text = new StringWriter { NewLine = "\n" };
        AuditFormats.Write("text", text, Report() with { Findings = [] }, colour: false, grades: true);
        Cases.Verify(Path.Combine(s_folder, "expected.grades.txt"), text.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sarif_IsValidByTheSchema(bool hostile)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, "schema", "sarif-2.1.0.json")));
        using var sarif = JsonDocument.Parse(Rendered("sarif", hostile ? Hostile() : Report()));
        var problems = new ProblemList();
        Assert.True(new JsonSchemaCheck(problems).Holds(sarif.RootElement, Schema(schema.RootElement, ""), JsonPlace.Root), string.Join('\n', problems.Problems));
        using var broken = JsonDocument.Parse("""{ "version": "2.1.0", "runs": [{ "results": [] }] }""");
        Assert.False(new JsonSchemaCheck(null).Holds(broken.RootElement, Schema(schema.RootElement, ""), JsonPlace.Root));
    }

    [Fact]
    public void GitHub_WhatAFileSays_CannotBecomeAnotherCommand()
    {
        var lines = Rendered("github", Hostile()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Single(lines);
        Assert.Matches(Annotation(), lines[0]);
        Assert.DoesNotContain("\r", lines[0]);
    }

    [Fact]
    public void Junit_AnyCharacter_GivesXmlThatReads()
    {
        var xml = XDocument.Parse(Rendered("junit", Hostile()));
        Assert.Equal("1", xml.Root!.Attribute("failures")!.Value);
        Assert.Equal("testsuites", xml.Root.Name.LocalName);
        Assert.Contains("😀", xml.ToString());
    }

    [Fact]
    public void Junit_NothingFound_IsOneTestThatPasses()
    {
        var xml = XDocument.Parse(Rendered("junit", Report() with { Findings = [] }));
        Assert.Equal(("1", "0"), (xml.Root!.Attribute("tests")!.Value, xml.Root.Attribute("failures")!.Value));
        Assert.Single(xml.Descendants("testcase"));
    }

    [Fact]
    public void Markdown_WhatAFileSays_StaysText()
    {
        var row = Rendered("markdown", Hostile()).Split('\n').Single(l => l.Contains("unpinned-action", StringComparison.Ordinal));
        Assert.DoesNotContain("<img", row);
        Assert.DoesNotContain("@team", row);
        Assert.Equal(6, Pipe().Count(row) + 1);
    }

    [Theory]
    [InlineData("see https://elsewhere.example/x", "https:<!-- -->//")]
    [InlineData("see WWW.elsewhere.example", "WWW.<!-- -->else")]
    [InlineData("ask @team", "@<!-- -->team")]
    [InlineData("like #7", "\\#<!-- -->7")]
    public void Markdown_BareAddressesMentionsAndIssues_AreNoLinks(string said, string shown) => Assert.Contains(shown, AuditMarkdown.Escaped(said));

    [Fact]
    public void GitLab_Fingerprints_AreAllDifferent()
    {
        using var issues = JsonDocument.Parse(Rendered("gitlab", Report()));
        var prints = issues.RootElement.EnumerateArray().Select(i => i.GetProperty("fingerprint").GetString()).ToList();
        Assert.NotEmpty(prints);
        Assert.Equal(prints.Count, prints.Distinct().Count());
    }

    private static AuditReport Report()
    {
        var result = new Auditor(new(RuleTable.All)).Run(RuleCasesTests.Load(Path.Combine(s_folder, "files")));
        AuditFinding[] shown = [.. result.Findings.Where(f => f.Persona == Persona.Regular)];
        return new(shown, new(result.Findings), result.FilesRead, Task.FromResult(Grader.Of(result.Repository, result.Findings)), [RuleTable.Find("unpinned-action")!.Info, .. shown.Select(f => f.Rule).Where(r => RuleTable.Find(r.Id) is not null && r.Id != "unpinned-action").Distinct()], "1.2.3")
        {
            Ignored = result.Ignored.Count,
            Known = 2,
        };
    }

    /// <summary>A report whose every text tries to be something else.</summary>
    private static AuditReport Hostile()
    {
        var rule = RuleTable.Find("unpinned-action")!.Info;
        const string Text = "a|b`c`\r\n::error file=x::y,z:50%\u0001\u202e<img src=x> @team ![x](y) 😀 \ud800";
        var finding = new AuditFinding(rule, Text, [new("a:b,c/ü\u0007.yml", 3, 2, 4, Text, Text)], RuleSeverity.High, Confidence.High, Persona.Regular, null, Text);
        return new([finding], new([finding]), 1, Task.FromResult(new Grade([], [])), [rule], "1.2.3");
    }

    private static string Rendered(string format, AuditReport report)
    {
        var text = new StringWriter { NewLine = "\n" };
        AuditFormats.Write(format, text, report, colour: false, grades: false);
        return text.ToString();
    }

    private static JsonSchema Schema(JsonElement document, string reference)
    {
        var at = document;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries)) at = at.GetProperty(step);
        return new(at, next => Schema(document, next));
    }

    [GeneratedRegex(@"^::error file=[^:,\r\n]*,line=3,endLine=3,col=2,endColumn=6,title=unpinned-action::[^\r\n]*$")]
    private static partial Regex Annotation();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Pipe();
}
