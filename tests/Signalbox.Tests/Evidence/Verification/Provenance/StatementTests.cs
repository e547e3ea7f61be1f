using System.Text;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Provenance;

namespace Signalbox.Tests.Evidence.Verification.Provenance;

/// <summary>In-toto statements: what is read of one, its limits, and which subject an artifact is.</summary>
public sealed class StatementTests
{
    private static Statement Read(string subjects, string type = "https://in-toto.io/Statement/v1", string payloadType = Statement.PayloadType, string more = ",\"predicateType\":\"p\"") =>
        Statement.Read(new(payloadType, Encoding.UTF8.GetBytes($$"""{"_type":"{{type}}","subject":{{subjects}}{{more}}}"""), "", []));

    private static void Refused(string saying, Func<Statement> read)
    {
        var refusal = Assert.Throws<Refusal>(read);
        Assert.Equal(VerificationError.InvalidDssePayload, refusal.Error);
        Assert.Contains(saying, refusal.Message, StringComparison.Ordinal);
    }

    private static string Repeated(int count, string subject) => "[" + string.Join(',', Enumerable.Repeat(subject, count)) + "]";

    private static string Digests(int count) => "{\"digest\":{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"d{i}\":\"a\"")) + "}}";

    [Theory]
    [InlineData("https://in-toto.io/Statement/v0.1")]
    [InlineData("https://in-toto.io/Statement/v1")]
    public void Statement_IsReadWithItsSubjects(string type)
    {
        var statement = Read("""[{"name":"app","digest":{"sha256":"aa","sha512":"bb"}},{"digest":{}}]""", type, more: ",\"predicateType\":\"p\",\"predicate\":{\"a\":1}");
        Assert.Equal((type, "p", true), (statement.Type, statement.PredicateType, statement.Predicate?.Has("a")));
        Assert.Equal(["app", ""], statement.Subjects.Select(subject => subject.Name));
        Assert.Equal([2, 0], statement.Subjects.Select(subject => subject.Digests.Count));
        Assert.Null(Read("[{\"digest\":{}}]").Predicate);
    }

    [Fact]
    public void Payload_ThatIsNoStatement_IsRefused()
    {
        Refused("the payload's type is 'text/plain'; expected application/vnd.in-toto+json", () => Read("[{\"digest\":{}}]", payloadType: "text/plain"));
        Refused("the statement's type is 'x'; expected an in-toto statement 0.1 or 1", () => Read("[{\"digest\":{}}]", "x"));
        foreach (var none in new[] { "[]", "null" }) Refused("the statement has 0 subjects", () => Read(none));
        Refused("subject is an object; expected a list", () => Read("{}"));
        Refused("digest is missing", () => Read("[{}]"));
        Refused("a subject's digest is not text", () => Read("[{\"digest\":{\"sha256\":1}}]"));
        Refused("predicateType is missing", () => Read("[{\"digest\":{}}]", more: ""));
        Refused("the statement is not JSON as it should be", () => Read("["));
    }

    [Fact]
    public void SubjectsAndDigests_AreLimited()
    {
        Assert.Equal(10_000, Read(Repeated(10_000, "{\"digest\":{}}")).Subjects.Count);
        Refused("the statement has 10001 subjects; expected at most 10000", () => Read(Repeated(10_001, "{\"digest\":{}}")));
        Assert.Equal(20, Read($"[{Digests(20)}]").Subjects[0].Digests.Count);
        Refused("a subject has more than 20 digests", () => Read($"[{Digests(21)}]"));
    }

    [Fact]
    public void Artifact_IsTheFirstSubjectThatAgreesWithEveryDigestOfIt()
    {
        var statement = Read("""
            [{"name":"no digest that is compared","digest":{"sha1":"aa"}},
             {"name":"contradicts one","digest":{"sha256":"aa","sha512":"other"}},
             {"name":"both","digest":{"sha256":"aa","sha512":"bb"}},
             {"name":"one","digest":{"sha256":"aa"}}]
            """);
        ArtifactDigest sha256 = new("sha256", "aa"), sha512 = new("sha512", "bb");
        Assert.Equal("both", statement.Find([sha256, sha512])!.Name);
        Assert.Equal("both", statement.Find([sha512])!.Name);
        Assert.Equal("contradicts one", statement.Find([sha256])!.Name);
        Assert.Equal("one", statement.Find([sha256, new("sha512", "cc")])!.Name);
        Assert.Null(statement.Find([new("sha256", "cc")]));
        Assert.Null(statement.Find([new("sha384", "aa")]));
        Assert.Null(statement.Find([]));
    }
}
