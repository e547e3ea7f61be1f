using System.Security.Cryptography.X509Certificates;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Revocation;
using Signalbox.Tests.Evidence.Verification.Notation;

namespace Signalbox.Tests.Evidence.Verification.Revocation;

/// <summary>Whom it is asked of, in which order, and what is said of every outcome.</summary>
public sealed class RevocationCheckTests
{
    private static NotationSigner Signer(params X509Extension[] ofLeaf) => new(published: which => which == "leaf" ? ofLeaf : []);

    private static RevocationSigner Issuer(NotationSigner signer) => RevocationSigner.Of(signer.Chain[1], signer.Authorities[0]);

    private static RevocationStatus Of(NotationSigner signer, RevocationAnswers? answers) =>
        new RevocationCheck(answers, LocalNotation.Now).Of(CertificateReader.Read(signer.Chain[0].RawData), CertificateReader.Read(signer.Chain[1].RawData));

    /// <summary>Asks until nothing is open; the answer is by host, and text for a problem.</summary>
    private static (RevocationStatus Status, string Asked) Asked(NotationSigner signer, Func<string, object?> answer)
    {
        var (answers, asked) = (new RevocationAnswers(), new List<string>());
        for (; ; )
        {
            var status = Of(signer, answers);
            if (answers.Open is []) return (status, string.Join(' ', asked));
            Assert.Equal(RevocationState.Unknown, status.State);
            Assert.True(status.IsOpen);
            var question = Assert.Single(answers.Open);
            Assert.Equal($"was not asked of {question.Address.Host}", status.Detail);
            asked.Add(question.Address.Host);
            var given = answer(question.Address.Host);
            answers.Take(question, given as byte[], given as string);
        }
    }

    private static void Is(string state, string detail, string asked, (RevocationStatus Status, string Asked) seen)
    {
        Assert.Equal((state, detail, asked), (seen.Status.State.ToString(), seen.Status.Detail, seen.Asked));
        Assert.False(seen.Status.IsOpen);
    }

    private static byte[] Says(NotationSigner signer, int state) => LocalRevocation.Answer(Issuer(signer), [3], state);

    private static byte[] List(NotationSigner signer, params byte[][] serials) => LocalRevocation.List(Issuer(signer), serials);

    [Fact]
    public void Certificate_ThatNamesNobody_CannotBeRevoked() =>
        Assert.Equal(new RevocationStatus(RevocationState.NotRevocable, "it names neither a list nor a service"), Of(Signer(), new()));

    [Fact]
    public void Nobody_IsAskedOffline() => Assert.Equal(new RevocationStatus(RevocationState.Unknown, "cannot be determined offline"), Of(Signer(LocalRevocation.Service("http://a.example/")), null));

    [Fact]
    public void Responders_AreAskedInTurn()
    {
        var signer = Signer(LocalRevocation.Service("http://a.example/", "http://b.example/"));
        Is("Good", "a.example says that it was not", "a.example", Asked(signer, _ => Says(signer, 0)));
        Is("Revoked", "a.example says that it was", "a.example", Asked(signer, _ => Says(signer, 1)));
        // one that does not know it has answered all the same
        Is("Unknown", "cannot be determined: a.example does not know it", "a.example", Asked(signer, _ => Says(signer, 2)));
        Is("Good", "b.example says that it was not", "a.example b.example", Asked(signer, host => host == "b.example" ? Says(signer, 0) : null));
        Is("Unknown", "cannot be determined: b.example gave no answer", "a.example b.example", Asked(signer, _ => null));
        Is("Unknown", "cannot be determined: it is down", "a.example b.example", Asked(signer, _ => "it is down"));
        Is("Unknown", "cannot be determined: the answer of b.example does not count: the responder answered with an error", "a.example b.example", Asked(signer, _ => LocalRevocation.Error));
        Is("Unknown", "cannot be determined: no responder can be reached by http", "", Asked(Signer(LocalRevocation.Service("ldap://a.example/")), _ => null));
    }

    [Fact]
    public void Lists_AreAllAsked_UntilOneDoesNotSayGood()
    {
        var signer = Signer(LocalRevocation.Lists("http://a.example/", "http://b.example/"));
        Is("Good", "b.example says that it was not", "a.example b.example", Asked(signer, _ => List(signer)));
        Is("Revoked", "a.example says that it was", "a.example", Asked(signer, _ => List(signer, [3])));
        Is("Revoked", "b.example says that it was", "a.example b.example", Asked(signer, host => host == "b.example" ? List(signer, [3]) : List(signer)));
        Is("Unknown", "cannot be determined: a.example gave no answer", "a.example", Asked(signer, host => host == "b.example" ? List(signer) : null));
        Is("Unknown", "cannot be determined: the answer of a.example does not count: the list is not well-formed DER", "a.example", Asked(signer, _ => new byte[] { 1 }));
        Is("Unknown", "cannot be determined: no list can be had by http", "", Asked(Signer(LocalRevocation.Lists("ldap://a.example/")), _ => null));
    }

    [Fact]
    public void Lists_StandBehindTheResponder()
    {
        var signer = Signer(LocalRevocation.Service("http://a.example/"), LocalRevocation.Lists("http://b.example/"));
        Is("Good", "a.example says that it was not", "a.example", Asked(signer, _ => Says(signer, 0)));
        Is("Revoked", "a.example says that it was", "a.example", Asked(signer, _ => Says(signer, 1)));
        Is("Good", "b.example says that it was not", "a.example b.example", Asked(signer, host => host == "a.example" ? Says(signer, 2) : List(signer)));
        Is("Revoked", "b.example says that it was", "a.example b.example", Asked(signer, host => host == "a.example" ? null : List(signer, [3])));
        // where no list can be had either, the responder's silence is what is said
        var unreachable = Signer(LocalRevocation.Service("http://a.example/"), LocalRevocation.Lists("ldap://b.example/"));
        Is("Unknown", "cannot be determined: a.example gave no answer", "a.example", Asked(unreachable, _ => null));
    }
}
