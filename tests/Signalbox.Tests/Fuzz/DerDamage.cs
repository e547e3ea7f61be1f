using System.Formats.Asn1;

namespace Signalbox.Tests.Fuzz;

/// <summary>DER that stays DER, with one element changed and every length around it right again.</summary>
internal static class DerDamage
{
    private sealed class Element(byte tag, byte[] content, List<Element>? children)
    {
        public byte Tag { get; set; } = tag;

        public byte[] Content { get; set; } = content;

        public List<Element>? Children { get; set; } = children;
    }

    /// <returns>Null where the bytes are no DER.</returns>
    public static byte[]? Of(byte[] bytes, Random random)
    {
        if (bytes.Length < 4 || bytes[0] != 0x30 || Read(bytes) is not [var root]) return null;
        var all = new List<Element>();
        Collect(root, all);
        Change(all[random.Next(all.Count)], all, random);
        return Write(root);
    }

    private static void Change(Element element, List<Element> all, Random random)
    {
        switch (random.Next(8))
        {
            case 0: element.Tag = (byte)random.Next(256); break;
            case 1: element.Tag ^= 0x20; break;
            case 2: (element.Children, element.Content) = (null, element.Children is null ? FuzzDamage.Flip(element.Content, random) : []); break;
            case 3: (element.Children, element.Content) = (null, Random(random)); break;
            case 4: element.Children?.RemoveAt(random.Next(element.Children.Count)); break;
            case 5: element.Children?.Add(Copy(all[random.Next(all.Count)])); break;
            case 6: element.Children?.Reverse(); break;
            default:
                var other = Copy(all[random.Next(all.Count)]);
                (element.Tag, element.Content, element.Children) = (other.Tag, other.Content, other.Children);
                break;
        }
    }

    private static byte[] Random(Random random)
    {
        var bytes = new byte[random.Next(4) == 0 ? random.Next(2000) : random.Next(20)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static Element Copy(Element element) => new(element.Tag, element.Content, element.Children?.Select(Copy).ToList());

    private static void Collect(Element element, List<Element> into)
    {
        into.Add(element);
        foreach (var child in element.Children ?? []) Collect(child, into);
    }

    private static List<Element>? Read(ReadOnlySpan<byte> bytes, int depth = 0)
    {
        var elements = new List<Element>();
        while (!bytes.IsEmpty)
        {
            if (depth > 40 || !AsnDecoder.TryReadEncodedValue(bytes, AsnEncodingRules.DER, out _, out var offset, out var length, out var whole) || (bytes[0] & 0x1f) == 0x1f) return null;
            var content = bytes.Slice(offset, length).ToArray();
            var children = (bytes[0] & 0x20) != 0 ? Read(content, depth + 1) : null;
            elements.Add(new(bytes[0], content, children is { Count: > 0 } ? children : null));
            bytes = bytes[whole..];
        }
        return elements;
    }

    private static byte[] Write(Element element)
    {
        byte[] content = element.Children is { } children ? [.. children.SelectMany(Write)] : element.Content;
        return [element.Tag, .. Length(content.Length), .. content];
    }

    private static byte[] Length(int length) => length switch
    {
        < 0x80 => [(byte)length],
        < 0x100 => [0x81, (byte)length],
        < 0x10000 => [0x82, (byte)(length >> 8), (byte)length],
        _ => [0x83, (byte)(length >> 16), (byte)(length >> 8), (byte)length],
    };
}
