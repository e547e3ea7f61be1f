using System.Formats.Asn1;
using System.Text;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Certificates;

/// <summary>
/// Who a Fulcio certificate says signed: the subject alternative name and the claims of the identity token
/// (OIDs 1.3.6.1.4.1.57264.1.*, github.com/sigstore/fulcio docs/oid-info.md).
/// </summary>
internal sealed class SigningIdentity
{
    private const string Fulcio = "1.3.6.1.4.1.57264.1.";
    private const string OtherName = Fulcio + "7";
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Certificate _certificate;

    private SigningIdentity(Certificate certificate, string name)
    {
        _certificate = certificate;
        Name = name;
    }

    /// <summary>The subject alternative name: a workflow's URI, an e-mail address, or a user name.</summary>
    public string Name { get; }

    public string Issuer => Required(Claim(1, 8), "issuer");

    /// <summary>Fully qualified for every issuer since 2023; older certificates have GitHub's <c>owner/repo</c> alone.</summary>
    public string? SourceRepository => Same(Old(5) is { } old ? "https://github.com/" + old : null, New(12));

    public string? SourceRef => Claim(6, 14);

    public string? SourceCommit => Claim(3, 13);

    public string? Trigger => Claim(2, 20);

    public string? SignerUri => New(9);

    public string? SignerCommit => New(10);

    /// <summary><c>github-hosted</c> or <c>self-hosted</c>.</summary>
    public string? RunnerEnvironment => New(11);

    public string? SourceRepositoryId => New(15);

    public string? SourceOwnerId => New(17);

    public string? BuildConfigUri => New(18);

    public string? RunUri => New(21);

    /// <exception cref="Refusal">The certificate has not exactly one name, or claims that contradict each other.</exception>
    public static SigningIdentity Read(Certificate certificate)
    {
        var value = certificate.Extension("2.5.29.17") ?? throw Refusal.Bad("the certificate has no subject alternative name");
        var list = new AsnReader(value, AsnEncodingRules.DER);
        var names = list.ReadSequence();
        list.ThrowIfNotEmpty();
        var name = ReadName(names);
        if (names.HasData) throw Refusal.Bad("the certificate has more than one subject alternative name");
        return new(certificate, name);
    }

    // GeneralName: [0] otherName, [1] rfc822Name, [6] uniformResourceIdentifier (RFC 5280 section 4.2.1.6)
    private static string ReadName(AsnReader names) => names.PeekTag() switch
    {
        { TagClass: TagClass.ContextSpecific, TagValue: 0 } => ReadOtherName(names.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0))),
        { TagClass: TagClass.ContextSpecific, TagValue: 1 or 6 } tag => names.ReadCharacterString(UniversalTagNumber.IA5String, tag),
        _ => throw Refusal.Bad("the certificate's subject alternative name is of a kind that is not understood"),
    };

    private static string ReadOtherName(AsnReader other)
    {
        if (other.ReadObjectIdentifier() != OtherName) throw Refusal.Bad("the certificate's other name is of a kind that is not understood");
        var value = other.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        var text = value.ReadCharacterString(UniversalTagNumber.UTF8String);
        value.ThrowIfNotEmpty();
        other.ThrowIfNotEmpty();
        return text;
    }

    /// <summary>A claim that has an old and a new extension; where both are there they must agree.</summary>
    private string? Claim(int old, int @new) => Same(Old(old), New(@new));

    private static string? Same(string? old, string? @new) => old is null || @new is null || old == @new
        ? @new ?? old
        : throw new Refusal(VerificationError.InvalidCertificate, $"the certificate says '{JsonFields.Shown(old)}' and '{JsonFields.Shown(@new)}' about the same claim");

    // 1 to 6 hold the text itself, 8 and above a DER UTF8String
    private string? Old(int number) => _certificate.Extension(Fulcio + number) is { Length: > 0 } value ? s_strict.GetString(value.Span) : null;

    private string? New(int number)
    {
        if (_certificate.Extension(Fulcio + number) is not { } value) return null;
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        var text = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
        reader.ThrowIfNotEmpty();
        return text.Length > 0 ? text : null;
    }

    private static string Required(string? value, string what) =>
        value ?? throw new Refusal(VerificationError.InvalidCertificate, $"the certificate has no {what}");
}
