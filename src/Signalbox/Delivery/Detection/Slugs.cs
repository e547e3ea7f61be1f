namespace Signalbox.Delivery.Detection;

internal static class Slugs
{
    /// <summary>A name as applications and services may have one (a DNS label); null where nothing of the text is left.</summary>
    public static string? Of(string text)
    {
        var last = text[(text.LastIndexOf('/') + 1)..];
        var letters = last.Take(200).Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-');
        var parts = string.Concat(letters).Split('-', StringSplitOptions.RemoveEmptyEntries);
        var slug = string.Join('-', parts);
        if (slug.Length > 63) slug = slug[..63].TrimEnd('-');
        return slug.Length > 0 ? slug : null;
    }
}
