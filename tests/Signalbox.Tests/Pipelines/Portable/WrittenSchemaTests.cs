using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Reports.Schemas;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What is written is judged by the platforms' published JSON Schemas.</summary>
public sealed class WrittenSchemaTests
{
    private static readonly string s_folder = Path.Combine(Cases.Root, "..", "shared", "schemas", "pipelines");

    internal static bool HasSchemas => Directory.Exists(s_folder);

    public static TheoryData<string, string> Written
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var name in Cases.Of("pipelines"))
                foreach (var to in (string[])["github", "gitlab", "azure"]) rows.Add(name, to);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Written_EachCase_HoldsToTheSchema(string name, string to)
    {
        Assert.SkipUnless(HasSchemas, "the platforms' schemas are not beside the repository");
        var problems = Problems(to, File.ReadAllText(Cases.PathOf("pipelines", name, $"expected.{to}.yml")));
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Theory]
    [InlineData("github", "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: {}\n")]
    [InlineData("gitlab", "a:\n  script: { not: this }\n")]
    [InlineData("azure", "trigger: none\njobs:\n  - job: a\n    steps: 7\n")]
    public void Check_OfWhatIsWrong_SaysSo(string to, string text)
    {
        Assert.SkipUnless(HasSchemas, "the platforms' schemas are not beside the repository");
        Assert.NotEmpty(Problems(to, text));
    }

    [Fact]
    public void Written_ATaskWhoseFailureDoesNotMatter_HoldsToTheSchema()
    {
        Assert.SkipUnless(HasSchemas, "the platforms' schemas are not beside the repository");
        var cache = new CacheStep(PortableText.Of("deps"), [], [], [PortableText.Of("deps")]) { FailureIgnored = true, Timeout = TimeSpan.FromMinutes(3) };
        var (text, _) = PortableRig.Write(Platform.AzurePipelines, new() { Jobs = [new() { Id = "a", Steps = [cache] }] });
        Assert.Contains("continueOnError: true", text);
        Assert.Empty(Problems("azure", text));
    }

    /// <summary>What the schema of a platform says against a file.</summary>
    public static IReadOnlyList<string> Problems(string to, string text)
    {
        var file = to switch { "github" => "github-workflow.json", "gitlab" => "gitlab-ci.json", _ => "azure-pipelines.json" };
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, file)));
        var read = YamlReader.ReadAll(new(text));
        Assert.Empty(read.Problems);
        using var json = JsonDocument.Parse(Json(read.Documents[0], to == "azure")!.ToJsonString());
        var problems = new ProblemList();
        var known = new Dictionary<string, JsonSchema>(StringComparer.Ordinal);
        return new JsonSchemaCheck(problems).Holds(json.RootElement, Schema(schema.RootElement, "", known), JsonPlace.Root) ? [] : [.. problems.Problems.DefaultIfEmpty("the schema refuses it")];
    }

    // so the schema of Azure has them in a task, and as text in every other step
    private static readonly string[] s_typedInTasks = ["continueOnError", "timeoutInMinutes", "retryCountOnTaskFailure"];

    /// <param name="words">Whether every scalar is text: so Azure's own reader takes them, and so its schema is written.</param>
    private static JsonNode? Json(YamlNode? node, bool words) => node switch
    {
        YamlMapping map => new JsonObject([.. map.Entries().Select(e => KeyValuePair.Create(e.Key.Value, Json(e.Value, words && !(e.Key.Value == "useGlobalJson" || map.Get("task") is not null && s_typedInTasks.Contains(e.Key.Value)))))]),
        YamlSequence list => new JsonArray([.. list.Items.Select(i => Json(i, words))]),
        YamlScalar { IsNull: true } => null,
        YamlScalar scalar when words => JsonValue.Create(scalar.Value),
        YamlScalar { AsBoolean: { } yes } => JsonValue.Create(yes),
        YamlScalar { IsPlain: true } scalar when long.TryParse(scalar.Value, System.Globalization.CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        YamlScalar scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static JsonSchema Schema(JsonElement document, string pointer, Dictionary<string, JsonSchema> known)
    {
        if (known.TryGetValue(pointer, out var ready)) return ready;
        var at = document;
        foreach (var step in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries))
            at = at.GetProperty(step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        return known[pointer] = new(at, next => Schema(document, next.StartsWith('#') ? Uri.UnescapeDataString(next[1..]) : "", known));
    }
}
