using System.Globalization;
using System.Xml.Linq;

namespace Signalbox.Evidence.Reports.Xml;

/// <summary>Elements by their local name: versions of one format differ in the namespace alone.</summary>
internal static class XmlValues
{
    public static XElement? Child(this XElement? element, string name) => element?.Elements().FirstOrDefault(e => e.Name.LocalName == name);

    public static IEnumerable<XElement> Children(this XElement? element, string name) => element?.Elements().Where(e => e.Name.LocalName == name) ?? [];

    /// <summary>The children of the child that holds them: <c>ratings/rating</c>.</summary>
    public static IEnumerable<XElement> Children(this XElement? element, string list, string name) => element.Child(list).Children(name);

    /// <returns>The text within, without spaces around it; null where there is none.</returns>
    public static string? Words(this XElement? element) => element?.Value.Trim() is { Length: > 0 } text ? text : null;

    public static string? Text(this XElement? element, string name) => element.Child(name).Words();

    public static string? AttributeText(this XElement element, string name) => element.Attribute(name)?.Value is { Length: > 0 } text ? text : null;

    public static int? Whole(string? text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
