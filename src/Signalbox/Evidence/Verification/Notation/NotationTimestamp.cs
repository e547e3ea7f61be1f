using System.Formats.Asn1;
using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Timestamps;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence.Verification.Notation;

/// <summary>An RFC 3161 countersignature over a Notation signature: within which time it was made.</summary>
internal static class NotationTimestamp
{
    private const string BaselinePolicy = "0.4.0.2023.1.1";

    private static readonly TimeWindow s_always = new(DateTimeOffset.MinValue, null);

    /// <param name="roots">Certificates of trusted timestamp authorities.</param>
    /// <returns>The earliest and the latest moment that it may be of, and the path from the signer to a trusted certificate.</returns>
    /// <exception cref="Refusal">No trusted authority stamped the signature.</exception>
    /// <exception cref="MalformedException">It is not a timestamp.</exception>
    public static (DateTimeOffset From, DateTimeOffset To, IReadOnlyList<Certificate> Path) Verify(byte[] token, byte[] signature, IReadOnlyList<Certificate> roots)
    {
        var read = TimestampReader.ReadToken(token);
        if (read.Signer.CertificateHashAlgorithm == HashAlgorithmName.SHA1) throw new MalformedException("the timestamp lacks the attribute signing-certificate-v2");
        List<Certificate> brought = [.. read.Certificates.Select(der => CertificateReader.Read(der))];
        if (brought.Exists(certificate => !certificate.Use.IsAuthority && !certificate.IsForTimestampsAlone)) throw new MalformedException("the timestamp's certificate is not for timestamps alone");
        var (time, path) = TimestampVerifier.VerifyPath(read, signature, [.. roots.Select(root => new CertificateAuthority(root.SubjectName, [root], s_always))]);
        var accuracy = Accuracy(read.Content);
        return (time.At - accuracy, time.At + accuracy, path);
    }

    /// <summary>Accuracy of TSTInfo (RFC 3161 section 2.4.2); the baseline policy has one second where it is not said (RFC 3628 section 5.2).</summary>
    private static TimeSpan Accuracy(byte[] content)
    {
        var info = new AsnReader(content, AsnEncodingRules.DER).ReadSequence();
        info.ReadIntegerBytes();
        var policy = info.ReadObjectIdentifier();
        info.ReadEncodedValue();
        info.ReadIntegerBytes();
        info.ReadEncodedValue();
        if (!info.HasData || !info.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence)) return TimeSpan.FromSeconds(policy == BaselinePolicy ? 1 : 0);
        var accuracy = info.ReadSequence();
        var seconds = accuracy.HasData && accuracy.PeekTag().HasSameClassAndValue(Asn1Tag.Integer) ? Small(accuracy, Asn1Tag.Integer, 86_400) : 0;
        var (millis, micros) = (Part(accuracy, 0), Part(accuracy, 1));
        return TimeSpan.FromSeconds(seconds) + TimeSpan.FromMilliseconds(millis) + TimeSpan.FromMicroseconds(micros);
    }

    private static int Part(AsnReader accuracy, int number) =>
        new Asn1Tag(TagClass.ContextSpecific, number) is var tag && accuracy.HasData && accuracy.PeekTag().HasSameClassAndValue(tag) ? Small(accuracy, tag, 999) : 0;

    private static int Small(AsnReader reader, Asn1Tag tag, int most) =>
        reader.TryReadInt32(out var number, tag) && number >= 0 && number <= most ? number : throw new MalformedException("the timestamp's accuracy is out of range");
}
