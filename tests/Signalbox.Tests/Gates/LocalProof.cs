using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Gates;
using Signalbox.Gates.Proofs;
using Signalbox.Tests.Evidence;
using Signalbox.Tests.Rollouts;

namespace Signalbox.Tests.Gates;

/// <summary>Makes releases' proofs as a control plane makes them.</summary>
internal static class LocalProof
{
    public static EnvironmentConfiguration Configuration { get; } = Plans.Environment();

    public static Release Release(string id) => new(id, "shop", null, new Dictionary<string, Digest> { ["web"] = EvidenceFixture.Subject }, [Configuration], EvidenceFixture.Now);

    public static ExpectedSigner Holder(SigningKey key) => ExpectedSigner.Holder(TrustedKey.FromPem(key.PublicPem));

    /// <summary>A signature of the artifact, as an envelope.</summary>
    public static byte[] Signature(SigningKey signer) => Signed(signer, "https://sigstore.dev/cosign/sign/v1", "{}"u8.ToArray());

    /// <summary>A signed statement about the artifact, as an envelope.</summary>
    public static byte[] Signed(SigningKey signer, string predicateType, byte[] predicate)
    {
        var statement = StatementWriter.Write([("web", new("sha256", EvidenceFixture.Subject.Hex))], predicateType, predicate);
        return Encoding.UTF8.GetBytes(new JsonObject
        {
            ["payloadType"] = "application/vnd.in-toto+json",
            ["payload"] = Convert.ToBase64String(statement),
            ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Convert.ToBase64String(signer.Sign(SignedContent.Statement(statement).Signed)) }),
        }.ToJsonString());
    }

    /// <summary>Decides on the evidence that is there, by a policy that asks for a scan and a signature.</summary>
    public static async Task<(byte[] File, GateDecided Decision)> WriteAsync(EvidenceFixture evidence, SigningKey signer, SigningKey plane, string id = "shop-1", Func<GateDecided, GateDecided>? lie = null, Release? release = null, string more = "")
    {
        var policies = new PolicyBook();
        var text = $"apiVersion: signalbox-policy/v1\ngates: {{ vulnerabilities: enforce, signature: {{ keys: [\"{Digest.Of(signer.Spki.Span)}\"] }}{more} }}\n";
        foreach (var entry in evidence.Ledger.Append(evidence.Ledger.Head, [PolicyEvents.ToEntry(new PolicySet("production", text, [], null, false), new("admin"))])) policies.Apply(entry);
        var gatekeeper = new Gatekeeper(evidence.Index, policies, evidence.Store, new NoCommands(), (_, _) => TimeSpan.Zero);
        var question = new GateQuestion(new("shop", "production"), release ?? Release(id), Configuration, new("alice"), new("alice"), EvidenceFixture.Now);
        var gathered = await gatekeeper.GatherAsync(question, default);
        await gatekeeper.KeepAsync(gathered, default);
        var made = GateEvents.ToEntry(question.Track, gathered, GateDecision.Decide(gathered.Inputs), question.Submitter);
        var appended = evidence.Ledger.Append(evidence.Ledger.Head, [made])[0];
        var decided = GateEvents.FromEntry(appended)!;
        decided = lie?.Invoke(decided) ?? decided;
        return (await ReleaseProof.WriteAsync(new(decided, appended.Sequence, "alice", evidence.Ledger.Head.ToString()), evidence.Store, plane, default), decided);
    }

    /// <summary>A proof of an allowed release, with what accepts it.</summary>
    public static async Task<(byte[] File, VerificationPolicy Policy)> SampleAsync()
    {
        using var plane = SigningKey.Create();
        using var signer = SigningKey.Create();
        var evidence = new EvidenceFixture(new SignedEvidenceReader(TrustedRoot.Empty), new ReportEvidenceReader());
        await evidence.TakeAsync(SampleReports.Trivy());
        await evidence.TakeAsync(Signature(signer), key: signer.PublicPem);
        return ((await WriteAsync(evidence, signer, plane)).File, new() { Signers = [Holder(plane), Holder(signer)] });
    }

    private sealed class NoCommands : ICustomGates
    {
        public Task<CustomResult> RunAsync(GateQuestion question, string layer, CustomGate gate, CancellationToken cancel) =>
            Task.FromResult(new CustomResult(layer, gate.Name, 1, "exit 1", null));
    }
}
