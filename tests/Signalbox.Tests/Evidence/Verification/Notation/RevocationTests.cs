using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CsCheck;
using Signalbox.Evidence;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Notation;
using Signalbox.Evidence.Verification.Revocation;
using Signalbox.Tests.Evidence.Verification.Local;
using Signalbox.Tests.Outbound;

namespace Signalbox.Tests.Evidence.Verification.Notation;

/// <summary>Whether certificates were revoked: what authorities say, what does not count of it, and that silence is no yes.</summary>
public sealed class RevocationTests
{
    private const string Service = "http://ocsp.example/", OfLeaf = "http://crl.example/leaf.crl", OfBetween = "http://crl.example/between.crl";

    private static readonly byte[] s_leaf = [3], s_between = [2];
    private static readonly NotationSigner s_asked = Signer(LocalRevocation.Service(Service));
    private static readonly NotationSigner s_listed = Signer(LocalRevocation.Lists(OfLeaf));
    private static readonly NotationSigner s_both = Signer(LocalRevocation.Service(Service), LocalRevocation.Lists(OfLeaf));

    private static DateTimeOffset Now => LocalNotation.Now;

    private static NotationSigner Signer(params X509Extension[] ofLeaf) => new(published: which => which == "leaf" ? ofLeaf : []);

    private static RevocationSigner Issuer(NotationSigner signer) => RevocationSigner.Of(signer.Chain[1], signer.Authorities[0]);

    private static RevocationSigner Root(NotationSigner signer) => RevocationSigner.Of(signer.Chain[2], signer.Authorities[1]);

    private static NotationTrust Trust(NotationSigner signer, string level = "strict", string more = "", string stores = "\"ca:acme\"", byte[]? tsa = null) => new(
        NotationPolicy.Read(Encoding.UTF8.GetBytes($$"""{"version":"1.0","trustPolicies":[{"name":"all","registryScopes":["*"],"signatureVerification":{"level":"{{level}}"{{more}}},"trustStores":[{{stores}}],"trustedIdentities":["*"]}]}""")),
        (type, _) => type == "tsa" ? [tsa!] : [signer.Root]);

    private static VerificationResult Once(byte[] envelope, NotationTrust trust, RevocationAnswers? answers) =>
        NotationVerifier.Verify(envelope, new(null, new("sha256", LocalNotation.Digest[7..])), trust, Now, null, answers);

    private static VerificationResult Verify(NotationSigner signer, Func<RevocationQuestion, byte[]?> answer, NotationTrust? trust = null, byte[]? envelope = null)
    {
        var answers = new RevocationAnswers();
        for (; ; )
        {
            var result = Once(envelope ?? new LocalNotation(signer).Jws(), trust ?? Trust(signer), answers);
            if (answers.Open is []) return result;
            foreach (var question in answers.Open) answers.Take(question, answer(question));
        }
    }

    private static void Unknown(VerificationResult result, string saying)
    {
        Assert.Equal(VerificationError.RevocationUnknown, result.Error);
        Assert.Contains(saying, result.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, VerificationError.Revoked)]
    [InlineData(2, VerificationError.RevocationUnknown)]
    public void Responder_SaysWhetherItWasRevoked(int state, VerificationError? error)
    {
        var result = Verify(s_asked, question => question is { Request: not null, Address.AbsoluteUri: Service } ? LocalRevocation.Answer(Issuer(s_asked), s_leaf, state) : null);
        Assert.Equal(error, result.Error);
        if (error is null) Assert.Contains(result.Steps, step => step is { Link: "revocation", Outcome: LinkOutcome.Proven } && step.Detail.Contains("e2e: ocsp.example says that it was not", StringComparison.Ordinal));
    }

    [Fact]
    public void Responder_MayNameTheCertificateByABetterHash() =>
        Assert.True(Verify(s_asked, _ => LocalRevocation.Answer(Issuer(s_asked), s_leaf, 0, sha256: true)).Accepted);

    [Fact]
    public void Request_NamesTheCertificateAsThePlatformDoes()
    {
        var asked = new RevocationAnswers();
        Once(new LocalNotation(s_asked).Jws(), Trust(s_asked), asked);
        var request = Convert.ToHexStringLower(Assert.Single(asked.Open).Request!);
        foreach (var part in new[] { SHA1.HashData(s_asked.Chain[1].SubjectName.RawData), SHA1.HashData(s_asked.Chain[1].PublicKey.EncodedKeyValue.RawData) }) Assert.Contains("0414" + Convert.ToHexStringLower(part), request, StringComparison.Ordinal);
        Assert.EndsWith("020103", request, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> AnswersThatDoNotCount => new()
    {
        { "none", "gave no answer" },
        { "error", "answered with an error" },
        { "other certificate", "about another certificate" },
        { "other issuer", "about another certificate" },
        { "twice", "speaks of the certificate twice" },
        { "old", "it held until" },
        { "without an end", "does not say until when" },
        { "future", "in the future" },
        { "stranger", "not signed by the certificate's issuer" },
        { "stranger with its certificate", "not signed by the certificate's issuer" },
        { "leaf as delegate", "not signed by the certificate's issuer" },
        { "expired delegate", "not signed by the certificate's issuer" },
        { "critical", "critical extension" },
        { "cut off", "not well-formed DER" },
        { "more behind it", "not well-formed DER" },
        { "empty", "not well-formed DER" },
    };

    [Theory]
    [MemberData(nameof(AnswersThatDoNotCount))]
    public void Answer_ThatDoesNotCount_IsNone(string what, string saying)
    {
        var (issuer, good) = (Issuer(s_asked), LocalRevocation.Answer(Issuer(s_asked), s_leaf, 0));
        var strangerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var stranger = new CertificateRequest("CN=stranger", strangerKey, HashAlgorithmName.SHA256).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        var (expired, expiredKey) = Delegate(Now.AddDays(-3), Now.AddDays(-2));
        var answer = what switch
        {
            "none" => null,
            "error" => LocalRevocation.Error,
            "other certificate" => LocalRevocation.Answer(issuer, [4], 0),
            "other issuer" => LocalRevocation.Answer(Root(s_asked), s_leaf, 0, by: issuer),
            "twice" => LocalRevocation.Answer(issuer, s_leaf, 0, times: 2),
            "old" => LocalRevocation.Answer(issuer, s_leaf, 0, Now.AddDays(-2), Now.AddDays(-1)),
            "without an end" => LocalRevocation.Answer(issuer, s_leaf, 0, withNext: false),
            "future" => LocalRevocation.Answer(issuer, s_leaf, 0, Now.AddHours(1), Now.AddHours(2)),
            "stranger" => LocalRevocation.Answer(issuer, s_leaf, 0, by: RevocationSigner.Of(stranger, strangerKey)),
            "stranger with its certificate" => LocalRevocation.Answer(issuer, s_leaf, 0, by: RevocationSigner.Of(stranger, strangerKey), certificate: stranger.RawData),
            "leaf as delegate" => LocalRevocation.Answer(issuer, s_leaf, 0, by: new(s_asked.Chain[0].SubjectName.RawData, [], issuer.Algorithm, SignAsLeaf), certificate: s_asked.Chain[0].RawData),
            "expired delegate" => LocalRevocation.Answer(issuer, s_leaf, 0, by: RevocationSigner.Of(expired, expiredKey), certificate: expired.RawData),
            "critical" => LocalRevocation.Answer(issuer, s_leaf, 0, critical: true),
            "cut off" => good[..^5],
            "more behind it" => [.. good, 0],
            _ => [],
        };
        Unknown(Verify(s_asked, _ => answer), saying);
    }

    private static byte[] SignAsLeaf(byte[] data)
    {
        // r and s at full width, as DER
        var fixedSize = s_asked.Sign(data);
        return LocalRevocation.Der(w =>
        {
            using var pair = w.PushSequence();
            w.WriteInteger(new System.Numerics.BigInteger(fixedSize.AsSpan(0, 32), isUnsigned: true, isBigEndian: true));
            w.WriteInteger(new System.Numerics.BigInteger(fixedSize.AsSpan(32), isUnsigned: true, isBigEndian: true));
        });
    }

    private static (X509Certificate2, ECDsa) Delegate(DateTimeOffset from, DateTimeOffset to)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=responder", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.9")], critical: false));
        return (request.Create(s_asked.Chain[1].SubjectName, X509SignatureGenerator.CreateForECDsa(s_asked.Authorities[0]), from, to, [9]), key);
    }

    [Fact]
    public void Responder_ThatTheIssuerLetsAnswer_Counts()
    {
        var (certificate, key) = Delegate(Now.AddDays(-1), Now.AddDays(1));
        byte[] By(int state) => LocalRevocation.Answer(Issuer(s_asked), s_leaf, state, by: RevocationSigner.Of(certificate, key), certificate: certificate.RawData);
        Assert.True(Verify(s_asked, _ => By(0)).Accepted);
        Assert.Equal(VerificationError.Revoked, Verify(s_asked, _ => By(1)).Error);
    }

    [Fact]
    public void Responders_AreAskedInTurn_UntilOneAnswers()
    {
        var signer = Signer(LocalRevocation.Service("http://a.example/", "http://b.example/"));
        Assert.True(Verify(signer, question => question.Address.Host == "b.example" ? LocalRevocation.Answer(Issuer(signer), s_leaf, 0) : null).Accepted);
        // what the first says is not asked again of the second
        var asked = new List<string>();
        Assert.Equal(VerificationError.Revoked, Verify(signer, question =>
        {
            asked.Add(question.Address.Host);
            return LocalRevocation.Answer(Issuer(signer), s_leaf, question.Address.Host == "a.example" ? 1 : 0);
        }).Error);
        Assert.Equal(["a.example"], asked);
    }

    [Fact]
    public void List_SaysWhetherItWasRevoked()
    {
        Assert.True(Verify(s_listed, question => question is { Request: null, Address.AbsoluteUri: OfLeaf } ? LocalRevocation.List(Issuer(s_listed), [[4], [5]]) : null).Accepted);
        Assert.Equal(VerificationError.Revoked, Verify(s_listed, _ => LocalRevocation.List(Issuer(s_listed), [[4], s_leaf, [5]])).Error);
    }

    public static TheoryData<string, string?> ListsThatAreOdd => new()
    {
        { "none", "gave no answer" },
        { "old", "it held until" },
        { "without an end", "does not say until when" },
        { "future", "in the future" },
        { "other issuer", "is not signed by the certificate's issuer" },
        { "in the issuer's name", "is not signed by the certificate's issuer" },
        { "deltas", "deltas beside it" },
        { "critical", "critical extension 1.2.3.4" },
        { "critical entry", "an entry of the list has a critical extension" },
        { "of another place", "of another place" },
        { "of authorities", "for certificates of authorities alone" },
        { "indirect", "of several issuers" },
        { "cut off", "not well-formed DER" },
        { "of users", null },
        { "of this place", null },
        { "numbered", null },
    };

    [Theory]
    [MemberData(nameof(ListsThatAreOdd))]
    public void List_ThatDoesNotTellEverything_IsNone(string what, string? saying)
    {
        var issuer = Issuer(s_listed);
        byte[] With(string oid, bool critical, byte[] value) => LocalRevocation.List(issuer, [], extensions: w => LocalRevocation.Extension(w, oid, critical, value));
        var list = what switch
        {
            "none" => null,
            "old" => LocalRevocation.List(issuer, [], Now.AddDays(-2), Now.AddDays(-1)),
            "without an end" => LocalRevocation.List(issuer, [], withNext: false),
            "future" => LocalRevocation.List(issuer, [], Now.AddHours(1), Now.AddHours(2)),
            "other issuer" => LocalRevocation.List(Root(s_listed), []),
            "in the issuer's name" => LocalRevocation.List(Root(s_listed) with { Name = issuer.Name }, []),
            "deltas" => With("2.5.29.46", false, [0x30, 0]),
            "critical" => With("1.2.3.4", true, [5, 0]),
            "critical entry" => LocalRevocation.List(issuer, [[4]], ofEntries: w => LocalRevocation.Extension(w, "2.5.29.29", true, [0x30, 0])),
            "of another place" => With("2.5.29.28", true, LocalRevocation.Scope("http://crl.example/other.crl")),
            "of authorities" => With("2.5.29.28", true, LocalRevocation.Scope(OfLeaf, 2)),
            "indirect" => With("2.5.29.28", true, LocalRevocation.Scope(OfLeaf, 4)),
            "cut off" => LocalRevocation.List(issuer, [])[..^3],
            "of users" => With("2.5.29.28", true, LocalRevocation.Scope(OfLeaf, 1)),
            "of this place" => With("2.5.29.28", true, LocalRevocation.Scope(OfLeaf)),
            _ => With("2.5.29.20", false, [2, 1, 7]),
        };
        var result = Verify(s_listed, _ => list);
        if (saying is null) Assert.True(result.Accepted, result.Reason);
        else Unknown(result, saying);
    }

    [Theory]
    [InlineData(null, 0, null)]
    [InlineData(null, 1, VerificationError.Revoked)]
    [InlineData(null, null, VerificationError.RevocationUnknown)]
    [InlineData(2, 0, null)]
    [InlineData(2, 1, VerificationError.Revoked)]
    [InlineData(0, null, null)]
    [InlineData(1, 0, VerificationError.Revoked)]
    public void List_IsReadWhereTheResponderSaysNothing(int? responder, int? list, VerificationError? error)
    {
        var asked = new List<string>();
        var result = Verify(s_both, question =>
        {
            asked.Add(question.Address.Host);
            return question.Request is not null
                ? responder is { } state ? LocalRevocation.Answer(Issuer(s_both), s_leaf, state) : null
                : list is { } revoked ? LocalRevocation.List(Issuer(s_both), revoked == 1 ? [s_leaf] : []) : null;
        });
        Assert.Equal(error, result.Error);
        Assert.Equal(responder is 0 or 1 ? ["ocsp.example"] : ["ocsp.example", "crl.example"], asked);
    }

    [Fact]
    public void EveryListThatIsNamed_IsNeeded()
    {
        var signer = Signer(LocalRevocation.Lists(OfLeaf, "http://crl.example/more.crl"));
        byte[] List(params byte[][] serials) => LocalRevocation.List(Issuer(signer), serials);
        Assert.True(Verify(signer, _ => List()).Accepted);
        Unknown(Verify(signer, question => question.Address.AbsoluteUri == OfLeaf ? List() : null), "gave no answer");
        Assert.Equal(VerificationError.Revoked, Verify(signer, question => question.Address.AbsoluteUri == OfLeaf ? List() : List(s_leaf)).Error);
    }

    [Fact]
    public void Authority_MayBeRevokedToo_AndTheRootMayNot()
    {
        var signer = new NotationSigner(published: which => which == "leaf" ? [LocalRevocation.Lists(OfLeaf)] : [LocalRevocation.Lists(OfBetween)]);
        byte[] Lists(RevocationQuestion question, bool revoked) => question.Address.AbsoluteUri == OfBetween
            ? LocalRevocation.List(Root(signer), revoked ? [s_between] : [])
            : LocalRevocation.List(Issuer(signer), []);
        Assert.True(Verify(signer, question => Lists(question, false)).Accepted);
        var result = Verify(signer, question => Lists(question, true));
        Assert.Equal(VerificationError.Revoked, result.Error);
        Assert.Contains("the certificate of between was revoked: crl.example says that it was", result.Reason, StringComparison.Ordinal);
    }

    /// <summary>One that was revoked is said so, though nobody answers about another.</summary>
    [Fact]
    public void Revoked_OutweighsUnknown()
    {
        var signer = new NotationSigner(published: which => which == "leaf" ? [LocalRevocation.Lists(OfLeaf)] : [LocalRevocation.Lists(OfBetween)]);
        Assert.Equal(VerificationError.Revoked, Verify(signer, question => question.Address.AbsoluteUri == OfBetween ? LocalRevocation.List(Root(signer), [s_between]) : null).Error);
    }

    [Fact]
    public void Policy_SaysWhatANoIsWorth()
    {
        byte[] Revoked(RevocationQuestion _) => LocalRevocation.Answer(Issuer(s_asked), s_leaf, 1);
        var logged = Verify(s_asked, Revoked, Trust(s_asked, "permissive"));
        Assert.True(logged.Accepted);
        Assert.Contains(logged.Steps, step => step is { Link: "revocation", Outcome: LinkOutcome.NotAsked } && step.Detail.Contains("was revoked", StringComparison.Ordinal));
        Assert.True(Verify(s_asked, _ => throw new InvalidOperationException("asked though it is skipped"), Trust(s_asked, more: ""","override":{"revocation":"skip"}""")).Accepted);
    }

    [Fact]
    public void Offline_SaysThatItIs()
    {
        var result = Once(new LocalNotation(s_both).Cose(), Trust(s_both), null);
        Unknown(result, "whether the certificate of e2e was revoked cannot be determined offline");
    }

    [Fact]
    public void Stranger_IsNotAskedAbout()
    {
        // at level audit a chain that leads nowhere passes, and its addresses could be anybody's
        var answers = new RevocationAnswers();
        Assert.True(Once(new LocalNotation(s_asked).Jws(), Trust(s_listed, "audit"), answers).Accepted);
        Assert.Empty(answers.Open);
        Assert.False(Once(new LocalNotation(s_asked).Jws(), Trust(s_listed), answers).Accepted);
        Assert.Empty(answers.Open);
    }

    [Fact]
    public void Published_WhereItCannotBeHad_IsUnknown()
    {
        Unknown(Verify(Signer(LocalRevocation.Lists("ldap://ca.example/cn=crl")), _ => null), "no list can be had by http");
        Unknown(Verify(Signer(LocalRevocation.Service("ldap://ca.example/")), _ => null), "no responder can be reached by http");
        // where the issuer's certificate lies is no word about revocation
        Assert.True(Verify(Signer(new X509AuthorityInformationAccessExtension([], ["http://ca.example/issuer.cer"])), _ => null).Accepted);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, VerificationError.Revoked)]
    public void TimestampAuthority_MayBeRevokedToo(bool revoked, VerificationError? error)
    {
        var authority = new LocalTimestampAuthority(Now.AddYears(-3), Now.AddYears(3), true, new LocalExtension("2.5.29.31", false, LocalRevocation.Lists("http://crl.example/tsa.crl").RawData));
        var serial = X509CertificateLoader.LoadCertificate(authority.Signer.Der).SerialNumberBytes.ToArray();
        var issuer = new RevocationSigner(LocalCertificate.Name(authority.Root.Subject), [], authority.Root.Key.Algorithm, authority.Root.Key.Sign);
        var signer = new NotationSigner(to: Now.AddDays(-1));
        var envelope = new LocalNotation(signer) { Timestamp = signature => authority.Token(signature, Now.AddDays(-2), withCertificate: true) }.Jws();
        var trust = Trust(signer, stores: "\"ca:acme\",\"tsa:public\"", tsa: Encoding.ASCII.GetBytes(authority.Root.Pem));
        byte[] List(RevocationQuestion _) => LocalRevocation.List(issuer, revoked ? [serial] : []);
        var result = Verify(signer, List, trust, envelope);
        Assert.True(result.Error == error, result.Reason);
        // it is a part of judging the timestamp
        NotationTrust With(string overriding) => Trust(signer, more: $$""","override":{{{overriding}}}""", stores: "\"ca:acme\",\"tsa:public\"", tsa: Encoding.ASCII.GetBytes(authority.Root.Pem));
        Assert.Equal(error, Verify(signer, List, With("\"revocation\":\"skip\""), envelope).Error);
        Assert.True(Verify(signer, List, With("\"authenticTimestamp\":\"log\""), envelope).Accepted);
    }

    [Fact]
    public void AnyAnswer_IsAnswered() => Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 400], Gen.Byte).Sample((bytes, at, with) =>
    {
        byte[] Damaged(byte[] whole)
        {
            whole[at % whole.Length] ^= (byte)(with | 1);
            return whole;
        }
        Assert.False(Verify(s_asked, _ => bytes).Accepted);
        Assert.False(Verify(s_listed, _ => bytes).Accepted);
        Assert.NotNull(Verify(s_asked, _ => Damaged(LocalRevocation.Answer(Issuer(s_asked), s_leaf, 1))).Error);
        Assert.NotNull(Verify(s_listed, _ => Damaged(LocalRevocation.List(Issuer(s_listed), [s_leaf]))).Error);
    }, iter: 200);

    private static LoopbackAnswer Sent(byte[] body) => new(200, "application/ocsp-response", body);

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, VerificationError.Revoked)]
    public async Task Client_PostsToTheResponder(int state, VerificationError? error)
    {
        NotationSigner? signer = null;
        await using var server = new LoopbackServer(request => request is { Method: "POST", Path: "/ocsp" } && request.Headers["content-type"] == "application/ocsp-request"
            ? Sent(LocalRevocation.Answer(Issuer(signer!), s_leaf, state)) : LoopbackAnswer.Text(404, "no"));
        signer = Signer(LocalRevocation.Service($"http://{server.Authority}/ocsp"));
        var result = await new RevocationClient(TimeProvider.System).VerifyAsync(answers => Once(new LocalNotation(signer).Jws(), Trust(signer), answers), default);
        Assert.True(result.Error == error, result.Reason);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Client_FetchesTheListWhereTheResponderFails()
    {
        NotationSigner? signer = null;
        await using var server = new LoopbackServer(request => request switch
        {
            { Method: "GET", Path: "/leaf.crl" } => Sent(LocalRevocation.List(Issuer(signer!), [])),
            _ => LoopbackAnswer.Text(500, "broken"),
        });
        signer = Signer(LocalRevocation.Service($"http://{server.Authority}/ocsp"), LocalRevocation.Lists($"http://{server.Authority}/leaf.crl"));
        var result = await new RevocationClient(TimeProvider.System).VerifyAsync(answers => Once(new LocalNotation(signer).Jws(), Trust(signer), answers), default);
        Assert.True(result.Accepted, result.Reason);
        Assert.Equal(["POST /ocsp", "GET /leaf.crl"], server.Requests.Select(request => $"{request.Method} {request.Path}"));
    }

    [Theory]
    [InlineData("status", "answered 503")]
    [InlineData("redirect", "answered 307")]
    [InlineData("large", "sent more than")]
    [InlineData("closed", "could not be reached")]
    [InlineData("metadata", "link-local, a metadata service or reserved")]
    public async Task Client_ThatGetsNoAnswer_LeavesItUnknown(string what, string saying)
    {
        await using var server = new LoopbackServer(_ => what switch
        {
            "status" => LoopbackAnswer.Text(503, "later"),
            "redirect" => LoopbackAnswer.Redirect(new("http://127.0.0.1:1/")),
            _ => Sent(new byte[(64 << 10) + 1]),
        });
        var address = what == "metadata" ? "http://169.254.169.254/ocsp" : $"http://{server.Authority}/ocsp";
        if (what == "closed") await server.DisposeAsync();
        var signer = Signer(LocalRevocation.Service(address));
        Unknown(await new RevocationClient(TimeProvider.System).VerifyAsync(answers => Once(new LocalNotation(signer).Jws(), Trust(signer), answers), default), saying);
    }

    [Theory]
    [InlineData(0, VerificationVerdict.Verified)]
    [InlineData(1, VerificationVerdict.Failed)]
    public async Task Evidence_IsVerifiedWithWhatAuthoritiesSayNow(int state, VerificationVerdict verdict)
    {
        NotationSigner? signer = null;
        await using var server = new LoopbackServer(_ => Sent(LocalRevocation.Answer(Issuer(signer!), s_leaf, state, EvidenceFixture.Now.AddHours(-1), EvidenceFixture.Now.AddHours(1))));
        signer = new(from: EvidenceFixture.Now.AddDays(-1), to: EvidenceFixture.Now.AddDays(1), published: which => which == "leaf" ? [LocalRevocation.Service($"http://{server.Authority}/")] : []);
        var evidence = new EvidenceFixture(new NotationEvidenceReader(() => Trust(signer), new(TimeProvider.System)));
        var payload = $$$"""{"targetArtifact":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{EvidenceFixture.Subject}}}","size":42}}""";
        var taken = await evidence.TakeAsync(new LocalNotation(signer) { Payload = payload, SigningTime = EvidenceFixture.Now }.Jws());
        Assert.Equal(verdict, evidence.Index.Find(taken.Id)!.Verification.Verdict);
    }
}
