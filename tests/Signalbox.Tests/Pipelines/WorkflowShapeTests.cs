using System.Text.Json;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.Shapes;
using Signalbox.Yaml;

namespace Signalbox.Tests.Pipelines;

public sealed class WorkflowShapeTests
{
    /// <summary>What the published schema takes, the table takes: a key that GitHub has added is seen here once the schema is newer.</summary>
    [Fact]
    public void EveryKeyOfThePublishedSchema_IsKnown()
    {
        var path = Path.Combine(Cases.Root, "..", "shared", "schemas", "pipelines", "github-workflow.json");
        Assert.SkipUnless(File.Exists(path), "the schemas are not beside the repository");
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var schema = document.RootElement;
        var kinds = schema.GetProperty("definitions");
        var root = Parse("on: push\njobs: {}");
        Known(schema, WorkflowShape.Workflow.Keys!(root));
        var jobs = Map(WorkflowShape.Workflow.Keys!(root), "jobs");
        var job = jobs.Others!.Keys!(Parse("runs-on: x"));
        Known(kinds.GetProperty("normalJob"), job);
        Known(kinds.GetProperty("reusableWorkflowCallJob"), jobs.Others!.Keys!(Parse("uses: x")));
        Known(kinds.GetProperty("concurrency"), Map(job, "concurrency"));
        Known(kinds.GetProperty("environment"), Map(job, "environment"));
        Known(kinds.GetProperty("jobContainer"), Map(job, "container"));
        Known(kinds.GetProperty("serviceContainer"), Map(job, "services").Others!.Keys!(root));
        var steps = new[] { "run: x", "uses: x", "wait: x", "wait-all: x", "cancel: x", "parallel: []" }.Select(s => job.Known["steps"].Items!.Keys!(Parse(s)).Known);
        Assert.Empty(Names(kinds.GetProperty("step")).Except(steps.SelectMany(s => s.Keys)));
        var events = Map(WorkflowShape.Workflow.Keys!(root), "on");
        foreach (var one in schema.GetProperty("properties").GetProperty("on").GetProperty("oneOf").EnumerateArray().Single(o => o.TryGetProperty("properties", out _)).GetProperty("properties").EnumerateObject())
            Assert.Contains(one.Name, events.Known.Keys);
        Known(kinds.GetProperty("workflowDispatchInput"), Map(events, "workflow_dispatch").Known["inputs"].Keys!(root).Others!.Keys!(root));
    }

    [Fact]
    public void WhatManyAliasesTakeIn_IsSaidOnce()
    {
        var jobs = string.Concat(Enumerable.Range(0, 100).Select(i => $"  j{i}: *job\n"));
        var problems = ShapeCheck.Of(Parse($"on: push\njobs:\n  a: &job\n    runs-on: x\n    steps: [&step {{ run: x, wrong: y }}, *step]\n{jobs}"), default, WorkflowShape.Workflow);
        Assert.StartsWith("'wrong' is no key of a step that runs a script; expected one of name, id, ", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    private static void Known(JsonElement kind, Keys keys) => Assert.Empty(Names(kind).Except(keys.Known.Keys));

    private static IEnumerable<string> Names(JsonElement kind) => kind.GetProperty("properties").EnumerateObject().Select(p => p.Name);

    private static Keys Map(Keys keys, string key) => keys.Known[key].Keys!(Parse("{}"));

    private static YamlMapping Parse(string text) => (YamlMapping)YamlReader.Read(System.Text.Encoding.UTF8.GetBytes(text)).Root!;
}
