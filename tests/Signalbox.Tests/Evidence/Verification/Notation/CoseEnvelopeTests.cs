using System.Formats.Cbor;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Notation;

namespace Signalbox.Tests.Evidence.Verification.Notation;

/// <summary>Envelopes in CBOR, piece by piece: what is read, and the one thing for which each is refused.</summary>
public sealed class CoseEnvelopeTests
{
    private const string Scheme = "io.cncf.notary.signingScheme", SigningTime = "io.cncf.notary.signingTime", Expiry = "io.cncf.notary.expiry",
        Authentic = "io.cncf.notary.authenticSigningTime", Stamp = "io.cncf.notary.timestampSignature";

    private static readonly Dictionary<object, Action<CborWriter>> s_protected = new()
    {
        [1] = w => w.WriteInt32(-7),
        [2] = w => Strings(w, Scheme),
        [3] = w => w.WriteTextString(NotationAttributes.ContentType),
        [Scheme] = w => w.WriteTextString("notary.x509"),
        [SigningTime] = w => Time(w, 1_700_000_000),
    };

    private static readonly Dictionary<object, Action<CborWriter>> s_unprotected = new() { [33] = w => Chain(w, 1) };

    private static void Strings(CborWriter w, params string[] names)
    {
        w.WriteStartArray(names.Length);
        foreach (var name in names) w.WriteTextString(name);
        w.WriteEndArray();
    }

    private static void Chain(CborWriter w, int count)
    {
        w.WriteStartArray(count);
        for (var i = 0; i < count; i++) w.WriteByteString([(byte)i]);
        w.WriteEndArray();
    }

    private static void Time(CborWriter w, long seconds, ulong tag = 1)
    {
        w.WriteTag((CborTag)tag);
        w.WriteInt64(seconds);
    }

    private static byte[] Written(Action<CborWriter> write)
    {
        var writer = new CborWriter(CborConformanceMode.Lax);
        write(writer);
        return writer.Encode();
    }

    private static void Map(CborWriter w, Dictionary<object, Action<CborWriter>> entries, bool isOpen = false)
    {
        w.WriteStartMap(isOpen ? null : entries.Count);
        foreach (var (label, value) in entries)
        {
            if (label is int number) w.WriteInt32(number);
            else if (label is byte[] bytes) w.WriteByteString(bytes);
            else w.WriteTextString((string)label);
            value(w);
        }
        w.WriteEndMap();
    }

    private static Dictionary<object, Action<CborWriter>> With(Dictionary<object, Action<CborWriter>> entries, object label, Action<CborWriter>? value)
    {
        var changed = new Dictionary<object, Action<CborWriter>>(entries);
        if (value is null) changed.Remove(label);
        else changed[label] = value;
        return changed;
    }

    private static byte[] Envelope(Dictionary<object, Action<CborWriter>>? signed = null, Dictionary<object, Action<CborWriter>>? unsigned = null, ulong tag = 18, int parts = 4, byte[]? header = null, bool isOpen = false) => Written(w =>
    {
        w.WriteTag((CborTag)tag);
        w.WriteStartArray(parts);
        w.WriteByteString(header ?? Written(h => Map(h, signed ?? s_protected)));
        Map(w, unsigned ?? s_unprotected, isOpen);
        for (var i = 2; i < parts; i++) w.WriteByteString([(byte)i]);
        w.WriteEndArray();
    });

    private static byte[] Signed(object label, Action<CborWriter>? value) => Envelope(With(s_protected, label, value));

    private static byte[] Unsigned(object label, Action<CborWriter>? value) => Envelope(unsigned: With(s_unprotected, label, value));

    private static void Refused(string saying, byte[] envelope) => Assert.Contains(saying, Assert.Throws<MalformedException>(() => CoseEnvelopeReader.Read(envelope)).Message, StringComparison.Ordinal);

    private static string Hex(params byte[][] parts) => string.Join(' ', parts.Select(part => Convert.ToHexStringLower(part)));

    [Fact]
    public void Envelope_IsReadWithAllItsParts()
    {
        var envelope = CoseEnvelopeReader.Read(Envelope(
            With(With(s_protected, Expiry, w => Time(w, 1_800_000_000)), 2, w => Strings(w, Scheme, Expiry)),
            With(With(s_unprotected, Stamp, w => w.WriteByteString([7, 8])), "io.cncf.notary.signingAgent", w => w.WriteTextString("test/1"))));
        Assert.Equal(("COSE", SignatureScheme.EcdsaSha256), (envelope.Form, envelope.Scheme));
        Assert.Equal(new NotationAttributes("notary.x509", DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)), envelope.Attributes);
        Assert.Equal("02 03 0708 00", Hex(envelope.Payload, envelope.Signature, envelope.Timestamp!, Assert.Single(envelope.Certificates)));
        Assert.Null(CoseEnvelopeReader.Read(Envelope()).Timestamp);
    }

    [Fact]
    public void Envelope_IsATaggedListOfFour()
    {
        Refused("the envelope is not a tagged COSE_Sign1", Envelope(tag: 98));
        Refused("the envelope is not a tagged COSE_Sign1", Envelope(parts: 3));
        Refused("the envelope is not a tagged COSE_Sign1", Envelope(parts: 5));
        Refused("the envelope is not well-formed CBOR", Envelope()[1..]);
        Refused("the envelope is not well-formed CBOR", Envelope()[..^1]);
        Refused("there is something behind the envelope", [.. Envelope(), 0]);
        Refused("there is something behind the protected header", Envelope(header: [.. Written(w => Map(w, s_protected)), 0]));
    }

    [Fact]
    public void Header_LacksNothing()
    {
        Refused("the envelope names no algorithm", Signed(1, null));
        Refused("the algorithm is -8; expected one of -37, -38, -39, -7, -35, -36", Signed(1, w => w.WriteInt32(-8)));
        Refused("not well-formed CBOR", Signed(1, w => w.WriteUInt64(ulong.MaxValue)));
        Refused("the envelope's content type is ''", Signed(3, null));
        Refused("the signing scheme is ''", Envelope(With(With(s_protected, Scheme, null), 2, w => Strings(w, SigningTime))));
        Refused("must have io.cncf.notary.signingTime and not the other time", Signed(SigningTime, null));
        Refused("the envelope has no certificate chain", Unsigned(33, null));
    }

    [Fact]
    public void Header_HasALengthAndFewEntries()
    {
        Dictionary<object, Action<CborWriter>> Filled(Dictionary<object, Action<CborWriter>> entries, int count)
        {
            var all = new Dictionary<object, Action<CborWriter>>(entries);
            for (var i = all.Count; i < count; i++) all[100 + i] = w => w.WriteNull();
            return all;
        }
        Assert.NotNull(CoseEnvelopeReader.Read(Envelope(Filled(s_protected, 50), Filled(s_unprotected, 50))));
        const string Saying = "a header of the envelope has no length, or more than 50 entries";
        Refused(Saying, Envelope(Filled(s_protected, 51)));
        Refused(Saying, Envelope(unsigned: Filled(s_unprotected, 51)));
        Refused(Saying, Envelope(isOpen: true));
        Refused("a header of the envelope is named by neither a number nor a text", Unsigned(new byte[] { 1 }, w => w.WriteNull()));
        Refused("not well-formed CBOR", Envelope(header: Written(h => Map(h, s_protected))[..^1]));
    }

    [Fact]
    public void Critical_IsAListOfNamesThatAreThere()
    {
        Refused("the list of critical headers is empty or has no end", Signed(2, w => Strings(w)));
        Refused("the list of critical headers is empty or has no end", Signed(2, w => Strings(w, [.. Enumerable.Repeat("x", 51)])));
        Refused("is named twice", Signed(2, w => Strings(w, [.. Enumerable.Repeat("x", 50)])));
        Refused("the list of critical headers is empty or has no end", Signed(2, w =>
        {
            w.WriteStartArray(null);
            w.WriteTextString(Scheme);
            w.WriteEndArray();
        }));
        // a header that a number names is not understood, and no text stands for it
        foreach (var (label, saying) in new[] { (3, "the critical attribute 'label 3' is not understood"), (-99, "the critical attribute 'label -99' is not there") })
            Refused(saying, Signed(2, w =>
            {
                w.WriteStartArray(2);
                w.WriteTextString(Scheme);
                w.WriteInt32(label);
                w.WriteEndArray();
            }));
        Refused("the critical attribute 'label 4' is not there", Signed(2, w => Strings(w, Scheme, "label 4")));
    }

    [Fact]
    public void Chain_IsLimited()
    {
        Assert.Equal(10, CoseEnvelopeReader.Read(Unsigned(33, w => Chain(w, 10))).Certificates.Count);
        Refused("the envelope's chain is empty or has more than 10 certificates", Unsigned(33, w => Chain(w, 11)));
        Refused("the envelope's chain is empty or has more than 10 certificates", Unsigned(33, w => Chain(w, 0)));
        Refused("not well-formed CBOR", Unsigned(33, w => w.WriteByteString([1])));
    }

    [Fact]
    public void Time_IsInSecondsOfTheEpoch()
    {
        foreach (var seconds in new[] { 0, 253402300799 })
            Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(seconds), CoseEnvelopeReader.Read(Signed(SigningTime, w => Time(w, seconds))).Attributes.SigningTime);
        Refused("a time in the envelope is out of range", Signed(SigningTime, w => Time(w, -1)));
        Refused("a time in the envelope is out of range", Signed(SigningTime, w => Time(w, 253402300800)));
        Refused("a time in the envelope is not one", Signed(SigningTime, w => Time(w, 1, tag: 2)));
        Refused("not well-formed CBOR", Signed(SigningTime, w => w.WriteInt32(1)));
    }

    [Fact]
    public void AuthenticTime_IsTheAuthoritys()
    {
        var signed = With(With(With(s_protected, SigningTime, null), Authentic, w => Time(w, 1)), Scheme, w => w.WriteTextString("notary.x509.signingAuthority"));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1), CoseEnvelopeReader.Read(Envelope(With(signed, 2, w => Strings(w, Scheme, Authentic)))).Attributes.SigningTime);
        Refused($"the attribute {Authentic} must be critical", Envelope(signed));
    }
}
