using System.Text;

namespace Signalbox.Host.Tables;

internal static class StateNames
{
    /// <summary>A name as one path segment that can be read back by eye: all but letters, digits, <c>-_@</c> and inner dots become %XX.</summary>
    public static string FileName(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            var plain = char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'@' || (b == '.' && text.Length > 0);
            _ = plain ? text.Append((char)b) : text.Append('%').Append(b.ToString("X2", null));
        }
        return text.ToString();
    }
}
