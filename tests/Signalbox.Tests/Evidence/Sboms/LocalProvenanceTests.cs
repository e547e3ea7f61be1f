using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Provenance;

namespace Signalbox.Tests.Evidence.Sboms;

/// <summary>docs/spec/local-provenance.md, written and read again.</summary>
public sealed class LocalProvenanceTests
{
    private static readonly ArtifactDigest s_digest = new("sha256", "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");

    private static readonly LocalBuild s_run = new(
        [("shop", s_digest)], new("https://user:secret@github.com/acme/shop", "refs/heads/main", new string('a', 40), true), ("signalbox.yaml", s_digest),
        ["test", "build"], new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }, [("web/yarn.lock", s_digest), ("go.mod", s_digest)],
        "run-7", new(2026, 11, 27, 12, 0, 0, TimeSpan.FromHours(1)), new(2026, 11, 27, 12, 5, 0, TimeSpan.FromHours(1)), "1.2.3");

    /// <summary>As evidence that is signed with a plain key is read.</summary>
    private static SignedStatement Read(LocalBuild run) => SignedStatement.Read(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["payloadType"] = Statement.PayloadType,
        ["payload"] = Convert.ToBase64String(LocalProvenance.Statement(run)),
        ["signatures"] = new JsonArray(new JsonObject { ["sig"] = "AAAA" }),
    }.ToJsonString()))!;

    [Fact]
    public void Written_IsReadAgain_WithSourceAndBuilder()
    {
        var statement = Read(s_run);
        Assert.True(statement.IsProvenance);
        var claims = statement.Claims!;
        Assert.Equal((BuildTypes.LocalRun, BuildTypes.LocalBuilder), (claims.BuildType, claims.Builder));
        Assert.Equal(("git+https://github.com/acme/shop", "refs/heads/main", new string('a', 40)), (claims.Source, claims.Ref, claims.Commit));
        Assert.Equal(s_parameters, claims.Parameters);
        Assert.Equal(s_digest.Hex, Assert.Single(statement.Subjects).Hex);
    }

    [Fact]
    public void Written_SaysWhatThePageSays()
    {
        var predicate = JsonNode.Parse(LocalProvenance.Statement(s_run))!["predicate"]!;
        var definition = predicate["buildDefinition"]!;
        Assert.Equal(s_parameters, definition["externalParameters"]!.AsObject().Select(parameter => parameter.Key));
        Assert.Equal("""{"a":"1","b":"2"}""", definition["externalParameters"]!["parameters"]!.ToJsonString());
        Assert.Equal("""["test","build"]""", definition["externalParameters"]!["jobs"]!.ToJsonString());
        Assert.Equal([null, "go.mod", "web/yarn.lock"], definition["resolvedDependencies"]!.AsArray().Select(one => one!["name"]?.GetValue<string>()));
        Assert.True(definition["internalParameters"]!["hasChanges"]!.GetValue<bool>());
        Assert.Equal(("2026-11-27T11:00:00Z", "2026-11-27T11:05:00Z"), (predicate["runDetails"]!["metadata"]!["startedOn"]!.GetValue<string>(), predicate["runDetails"]!["metadata"]!["finishedOn"]!.GetValue<string>()));
        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(LocalProvenance.Statement(s_run)), StringComparison.Ordinal);
    }

    private static readonly string[] s_parameters = ["configuration", "jobs", "parameters"];

    [Fact]
    public void SameRun_MakesTheSameBytes() => Assert.Equal(LocalProvenance.Statement(s_run), LocalProvenance.Statement(s_run));

    [Fact]
    public void WithoutASource_ItDoesNotSayWhatWasBuilt() => Assert.Equal((null, null), (Read(s_run with { Source = null }).Claims!.Commit, Read(s_run with { Source = null }).Claims!.Ref));
}
