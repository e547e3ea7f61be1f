using System.Text;
using Signalbox.Evidence.Verification.Notation;

namespace Signalbox.Tests.Evidence.Verification.Notation;

/// <summary>Trust policies: what a level means, what may be overridden, and what would leave open what it means.</summary>
public sealed class NotationPolicyReaderTests
{
    private const string Identity = "\"x509.subject: C=US, ST=WA, O=Acme\"";

    private static string Statement(string name = "a", string scopes = "\"*\"", string verification = "\"level\":\"strict\"", string? stores = "\"ca:acme\"", string? identities = "\"*\"", string more = "") =>
        $$"""{"name":"{{name}}","registryScopes":[{{scopes}}],"signatureVerification":{{{verification}}}{{(stores is null ? "" : $",\"trustStores\":[{stores}]")}}{{(identities is null ? "" : $",\"trustedIdentities\":[{identities}]")}}{{more}}}""";

    private static NotationPolicy Policy(params string[] statements) => Whole($"\"version\":\"1.0\",\"trustPolicies\":[{string.Join(',', statements)}]");

    private static NotationPolicy Whole(string fields) => NotationPolicy.Read(Encoding.UTF8.GetBytes("{" + fields + "}"));

    private static NotationStatement Read(string statement) => Assert.Single(Policy(statement).Statements);

    private static void Refused(string saying, Func<object> read) => Assert.Contains(saying, Assert.Throws<FormatException>(read).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("strict", "Enforce Enforce Enforce Enforce Enforce")]
    [InlineData("permissive", "Enforce Enforce Log Log Log")]
    [InlineData("audit", "Enforce Log Log Log Log")]
    [InlineData("skip", "Skip Skip Skip Skip Skip")]
    public void Level_SaysWhatIsEnforced(string level, string actions)
    {
        var statement = Read(Statement(verification: $"\"level\":\"{level}\"", stores: level == "skip" ? null : "\"ca:acme\"", identities: level == "skip" ? null : "\"*\""));
        Assert.Equal((level, level == "skip", actions), (statement.Level, statement.IsSkip, string.Join(' ', Enum.GetValues<NotationValidation>().Select(validation => statement.Actions[validation]))));
    }

    [Theory]
    [InlineData("authenticity", "log", NotationValidation.Authenticity, NotationAction.Log)]
    [InlineData("authenticTimestamp", "log", NotationValidation.AuthenticTimestamp, NotationAction.Log)]
    [InlineData("expiry", "log", NotationValidation.Expiry, NotationAction.Log)]
    [InlineData("revocation", "log", NotationValidation.Revocation, NotationAction.Log)]
    [InlineData("revocation", "skip", NotationValidation.Revocation, NotationAction.Skip)]
    public void Override_ChangesOneValidation(string validation, string action, NotationValidation which, NotationAction expected)
    {
        var actions = Read(Statement(verification: $"\"level\":\"strict\",\"override\":{{\"{validation}\":\"{action}\"}}")).Actions;
        Assert.Equal(expected, actions[which]);
        Assert.Equal(4, actions.Values.Count(other => other == NotationAction.Enforce));
        Assert.Equal(NotationAction.Enforce, Read(Statement(verification: $"\"level\":\"audit\",\"override\":{{\"{validation}\":\"enforce\"}}")).Actions[which]);
    }

    [Fact]
    public void Override_ThatMayNotBe_IsRefused()
    {
        void Of(string saying, string changes, string level = "strict") => Refused(saying, () => Policy(Statement(verification: $"\"level\":\"{level}\",\"override\":{{{changes}}}", stores: level == "skip" ? null : "\"ca:acme\"", identities: level == "skip" ? null : "\"*\"")));
        Of("overrides 'integrity'; expected one of authenticity, authenticTimestamp, expiry, revocation", "\"integrity\":\"log\"");
        foreach (var validation in new[] { "authenticity", "authenticTimestamp", "expiry" }) Of($"the statement 'a' sets {validation} to 'skip'; expected enforce or log", $"\"{validation}\":\"skip\"");
        Of("the statement 'a' sets revocation to 'x'; expected enforce or log or skip", "\"revocation\":\"x\"");
        Of("the statement 'a' skips verification, which cannot be overridden", "\"expiry\":\"log\"", "skip");
        Assert.DoesNotContain("or skip", Assert.Throws<FormatException>(() => Policy(Statement(verification: "\"level\":\"strict\",\"override\":{\"expiry\":\"skip\"}"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(",\"verifyTimestamp\":\"always\"", false)]
    [InlineData(",\"verifyTimestamp\":\"afterCertExpiry\"", true)]
    public void Timestamp_IsAskedForAlways_OrAfterExpiry(string more, bool afterExpiry) => Assert.Equal(afterExpiry, Read(Statement(verification: "\"level\":\"strict\"" + more)).AfterCertificateExpiry);

    [Fact]
    public void Policy_IsOfVersionOne_WithOneToAThousandStatements()
    {
        const string Skip = "\"level\":\"skip\"";
        string Of(int i) => Statement($"s{i}", $"\"r.example/a{i}\"", Skip, null, null);
        Refused("the trust policy's version is ''; expected 1.0", () => Whole($"\"trustPolicies\":[{Of(1)}]"));
        Refused("the trust policy's version is '1.1'; expected 1.0", () => Whole($"\"version\":\"1.1\",\"trustPolicies\":[{Of(1)}]"));
        Refused("the trust policy has 0 statements; expected 1 to 1000", () => Policy());
        Assert.Equal(1000, Policy([.. Enumerable.Range(0, 1000).Select(Of)]).Statements.Count);
        Refused("the trust policy has 1001 statements; expected 1 to 1000", () => Policy([.. Enumerable.Range(0, 1001).Select(Of)]));
        Refused("several statements have the name 's1'; expected one of each", () => Policy(Of(0), Of(1), Statement("s1", "\"r.example/b\"", Skip, null, null)));
        Refused("the registry scope 'r.example/a1' stands in several places; expected one statement for each scope", () => Policy(Of(0), Of(1), Statement("s2", "\"r.example/b\",\"r.example/a1\"", Skip, null, null)));
        Refused("is not JSON as it should be", () => NotationPolicy.Read("{"u8.ToArray()));
    }

    [Fact]
    public void Field_ThatIsNotUnderstood_IsRefused()
    {
        Refused("has a field 'more' that is not understood", () => Whole($"\"version\":\"1.0\",\"more\":1,\"trustPolicies\":[{Statement()}]"));
        Refused("has a field 'more' that is not understood", () => Policy(Statement(more: ",\"more\":1")));
        Refused("has a field 'more' that is not understood", () => Policy(Statement(verification: "\"level\":\"strict\",\"more\":1")));
        Refused("name is missing", () => Policy(Statement(name: "")));
        Refused("level is missing", () => Policy(Statement(verification: "")));
        Refused("the statement 'a' has the level 'x'; expected strict, permissive, audit or skip", () => Policy(Statement(verification: "\"level\":\"x\"")));
        Refused("the statement 'a' has verifyTimestamp 'never'; expected always or afterCertExpiry", () => Policy(Statement(verification: "\"level\":\"strict\",\"verifyTimestamp\":\"never\"")));
        foreach (var odd in new[] { Statement(scopes: "1"), Statement(stores: "1"), Statement(identities: "1") }) Refused("has an element that is not a string", () => Policy(odd));
    }

    [Fact]
    public void StoresAndIdentities_GoTogether_UnlessVerificationIsSkipped()
    {
        const string Lacks = "the statement 'a' lacks trust stores or trusted identities; expected both", Skips = "the statement 'a' skips verification, so it must have neither trust stores nor trusted identities";
        Refused(Lacks, () => Policy(Statement(stores: null)));
        Refused(Lacks, () => Policy(Statement(identities: null)));
        Refused(Lacks, () => Policy(Statement(stores: "", identities: "")));
        Refused(Skips, () => Policy(Statement(verification: "\"level\":\"skip\"", stores: null)));
        Refused(Skips, () => Policy(Statement(verification: "\"level\":\"skip\"", identities: null)));
    }

    [Theory]
    [InlineData("ca:acme")]
    [InlineData("signingAuthority:a_b-c.1")]
    [InlineData("tsa:...")]
    public void Store_IsATypeAndAName(string store) => Assert.Equal(store, Assert.Single(Read(Statement(stores: $"\"{store}\"")).Stores) is var (type, name) ? $"{type}:{name}" : "");

    [Theory]
    [InlineData("acme", "expected TYPE:NAME")]
    [InlineData("other:acme", "has a trust store of type 'other'; expected ca, signingAuthority or tsa")]
    [InlineData("ca:", "expected a name of letters, digits, _, . and -")]
    [InlineData("ca:.", "expected a name of letters, digits, _, . and -")]
    [InlineData("ca:..", "expected a name of letters, digits, _, . and -")]
    [InlineData("ca:a/b", "expected a name of letters, digits, _, . and -")]
    [InlineData("ca:a:b", "expected a name of letters, digits, _, . and -")]
    public void Store_ThatCouldBeAnotherPlace_IsRefused(string store, string saying) => Refused(saying, () => Policy(Statement(stores: $"\"{store}\"")));

    [Theory]
    [InlineData("r.example/a")]
    [InlineData("localhost:5000/a")]
    [InlineData("r.example/a/b.c_d__e--f")]
    public void Scope_IsAWholeRepository(string scope) => Assert.Equal([scope], Read(Statement(scopes: $"\"{scope}\"")).Scopes);

    [Theory]
    [InlineData("r.example")]
    [InlineData("https://r.example/a")]
    [InlineData("r.example/a:1.0")]
    [InlineData("r.example/a@sha256:0")]
    [InlineData("r.example/A")]
    [InlineData("r.example/*")]
    [InlineData("r.example/a/")]
    [InlineData("")]
    public void Scope_ThatIsNone_IsRefused(string scope) => Refused($"has the registry scope '{scope}'; expected a whole repository without scheme and tag", () => Policy(Statement(scopes: $"\"{scope}\"")));

    [Fact]
    public void Statement_IsTheOneThatNamesTheRepository_ElseTheOneForAll()
    {
        var policy = Policy(Statement("all"), Statement("one", "\"r.example/one\",\"R.example:443/two\""), Statement("three", "\"r.example/three\""));
        string? For(string? scope) => policy.For(scope)?.Name;
        Assert.Equal(["one", "one", "one", "three", "all", "all"], new[] { "r.example/one", "r.example/two", "r.example:443/one", "r.example/three", "r.example/four", null }.Select(For));
        Assert.Null(Policy(Statement("one", "\"r.example/one\"")).For("r.example/two"));
        Assert.Null(Policy(Statement("one", "\"r.example/one\"")).For(null));
    }

    [Theory]
    [InlineData("R.Example:443/App", "r.example/App")]
    [InlineData("r.example:5443/app", "r.example:5443/app")]
    [InlineData("R.example", "R.example")]
    [InlineData("/App", "/App")]
    public void Scope_HasAHostWithoutCase(string text, string scope) => Assert.Equal(scope, NotationPolicy.Scope(text));

    [Fact]
    public void Identities_AreAnyone_OrNamesThatDoNotOverlap()
    {
        Assert.Empty(Read(Statement()).Identities);
        Assert.Equal("Acme", Assert.Single(Read(Statement(identities: Identity)).Identities)["O"]);
        Assert.Equal(2, Read(Statement(identities: Identity + ",\"x509.subject: C=US, ST=WA, O=Other\"")).Identities.Count);
        Refused("has the trusted identity * beside others; expected it alone", () => Policy(Statement(identities: Identity + ",\"*\"")));
        foreach (var narrower in new[] { "\"x509.subject: C=US, ST=WA, O=Acme, CN=x\"", Identity })
            Refused("has overlapping trusted identities", () => Policy(Statement(identities: $"{Identity},{narrower}")));
        Refused("the statement 'a' has an empty trusted identity", () => Policy(Statement(identities: "\"\"")));
        foreach (var odd in new[] { "x509.subject:", "x509: C=US", "C=US, ST=WA, O=Acme" }) Refused($"has the trusted identity '{odd}'; expected 'x509.subject:' and a name, or *", () => Policy(Statement(identities: $"\"{odd}\"")));
        Refused("the statement 'a' has the trusted identity 'x509.subject: C=US, O=Acme': the name has no attribute ST; expected C, ST and O at least", () => Policy(Statement(identities: "\"x509.subject: C=US, O=Acme\"")));
    }
}
