using System.Formats.Asn1;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Revocation;

/// <summary>Where a certificate says that its revocation is published (RFC 5280 sections 4.2.1.13 and 4.2.2.1).</summary>
/// <param name="Responders">Addresses of OCSP services, in order.</param>
/// <param name="Lists">Addresses of revocation lists: a certificate may stand in any of them.</param>
/// <param name="NamesLists">Whether it names lists at all, also where they cannot be had by http.</param>
internal sealed record RevocationPoints(bool NamesResponders, IReadOnlyList<Uri> Responders, bool NamesLists, IReadOnlyList<Uri> Lists)
{
    private const string AuthorityInformation = "1.3.6.1.5.5.7.1.1", DistributionPoints = "2.5.29.31", Ocsp = "1.3.6.1.5.5.7.48.1";

    // real ones have one or two of each
    private const int Most = 5, LongestAddress = 2048;

    private static readonly Asn1Tag s_address = new(TagClass.ContextSpecific, 6);

    public bool IsEmpty => !NamesResponders && !NamesLists;

    /// <exception cref="MalformedException">What the certificate says about it is not understood.</exception>
    public static RevocationPoints Read(Certificate certificate)
    {
        try
        {
            var responders = certificate.Extension(AuthorityInformation) is { } information ? ReadResponders(information) : [];
            var lists = certificate.Extension(DistributionPoints) is { } points ? ReadLists(points) : null;
            return new(responders.Count > 0, Usable(responders), lists is not null, Usable(lists ?? []));
        }
        catch (AsnContentException e)
        {
            throw new MalformedException("what a certificate says about its revocation is not well-formed DER", e);
        }
    }

    /// <returns>One for each OCSP service, null where its address is of another kind.</returns>
    private static List<string?> ReadResponders(ReadOnlyMemory<byte> value)
    {
        var found = new List<string?>();
        for (var list = new AsnReader(value, AsnEncodingRules.DER).ReadSequence(); list.HasData;)
        {
            var access = list.ReadSequence();
            var isOcsp = access.ReadObjectIdentifier() == Ocsp;
            var address = ReadAddress(access);
            if (isOcsp) found.Add(address);
        }
        return found;
    }

    /// <summary>A list for some reasons alone, or by somebody else than the certificate's issuer, would not tell everything.</summary>
    private static List<string?> ReadLists(ReadOnlyMemory<byte> value)
    {
        var found = new List<string?>();
        for (var list = new AsnReader(value, AsnEncodingRules.DER).ReadSequence(); list.HasData;)
        {
            var point = list.ReadSequence();
            if (!point.HasData || !point.PeekTag().HasSameClassAndValue(Tag(0))) throw new MalformedException("a certificate's distribution point has no name");
            found.AddRange(ReadFullName(point.ReadSequence(Tag(0))));
            if (point.HasData) throw new MalformedException("a certificate's revocation list is for some reasons alone, or by another issuer, which is not understood");
        }
        return found;
    }

    /// <summary>The names of a DistributionPointName; a name relative to the issuer's is not understood.</summary>
    internal static IReadOnlyList<string?> ReadFullName(AsnReader wrapper)
    {
        if (!wrapper.PeekTag().HasSameClassAndValue(Tag(0))) throw new MalformedException("a distribution point is named relative to its issuer, which is not understood");
        var names = wrapper.ReadSequence(Tag(0));
        wrapper.ThrowIfNotEmpty();
        var found = new List<string?>();
        while (names.HasData) found.Add(ReadAddress(names));
        return found;
    }

    private static string? ReadAddress(AsnReader names)
    {
        if (names.PeekTag().HasSameClassAndValue(s_address)) return names.ReadCharacterString(UniversalTagNumber.IA5String, s_address);
        names.ReadEncodedValue();
        return null;
    }

    private static List<Uri> Usable(List<string?> addresses)
    {
        if (addresses.Count > Most) throw new MalformedException($"a certificate names {addresses.Count} places for its revocation; the most is {Most}");
        return [.. addresses.Select(Usable).OfType<Uri>()];
    }

    private static Uri? Usable(string? text) =>
        text?.Length <= LongestAddress && Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 ? address : null;

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);
}
