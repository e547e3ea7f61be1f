using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Signalbox.Cli.StaticSite;

/// <summary>One request to a static site (RFC 9110: conditional requests 13, ranges 14).</summary>
internal readonly struct SiteRequest(SiteFiles files, HttpContext http, bool spa)
{
    private static readonly FileExtensionContentTypeProvider Types = new();

    public Task AnswerAsync()
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)) return NotAllowedAsync();
        var path = http.Request.Path.Value is { Length: > 0 } asked ? asked : "/";
        if (files.IsDirectory(path)) return path.EndsWith('/') ? IndexAsync(path) : RedirectAsync(path + "/");
        return files.Open(path) is { } file ? SendAsync(file, StatusCodes.Status200OK) : PageAsync(path);
    }

    private Task IndexAsync(string directory) =>
        files.Open(directory + "index.html") is { } index ? SendAsync(index, StatusCodes.Status200OK) : PageAsync(directory);

    /// <summary>A page is also found without its ending, as generators of sites link to it.</summary>
    private Task PageAsync(string path)
    {
        var isPage = !Path.HasExtension(path);
        if (isPage && !path.EndsWith('/') && files.Open(path + ".html") is { } page) return SendAsync(page, StatusCodes.Status200OK);
        if (isPage && spa && files.Open("/index.html") is { } index) return SendAsync(index, StatusCodes.Status200OK);
        return files.Open("/404.html") is { } own ? SendAsync(own, StatusCodes.Status404NotFound) : NotFoundAsync();
    }

    private async Task SendAsync(SiteFile file, int status)
    {
        using var opened = file;
        var (from, count) = (0L, file.Length);
        http.Response.Headers.ETag = file.Tag;
        http.Response.Headers.CacheControl = CacheRules.For(http.Request.Path.Value ?? "/", status);
        http.Response.ContentType = ContentType(file.Name);
        if (status == StatusCodes.Status200OK)
        {
            if (IsKnown(file.Tag))
            {
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                http.Response.ContentType = null;
                return;
            }
            http.Response.Headers.AcceptRanges = "bytes";
            if (Range(file) is not { } range)
            {
                http.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                http.Response.Headers.ContentRange = $"bytes */{file.Length}";
                http.Response.ContentType = null;
                return;
            }
            if ((from, count) != range)
            {
                (from, count) = range;
                status = StatusCodes.Status206PartialContent;
                http.Response.Headers.ContentRange = $"bytes {from}-{from + count - 1}/{file.Length}";
            }
        }
        http.Response.StatusCode = status;
        http.Response.ContentLength = count;
        if (file.Handle is not null && !HttpMethods.IsHead(http.Request.Method)) await CopyAsync(file, from, count).ConfigureAwait(false);
    }

    private bool IsKnown(string tag) =>
        EntityTagHeaderValue.TryParseList(http.Request.Headers.IfNoneMatch, out var known)
        && known.Any(one => one.Tag == "*" || one.Tag == tag);

    /// <returns>The whole file where no range is asked for, or not one alone; null where the one asked for lies outside.</returns>
    private (long From, long Count)? Range(SiteFile file)
    {
        var whole = (0L, file.Length);
        if (http.Request.Headers.Range.Count == 0 || !RangeHeaderValue.TryParse(http.Request.Headers.Range.ToString(), out var header)) return whole;
        if (!header.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase) || header.Ranges.Count != 1) return whole;
        if (http.Request.Headers.IfRange.ToString() is { Length: > 0 } condition && condition != file.Tag) return whole;
        var asked = header.Ranges.Single();
        var from = asked.From ?? Math.Max(0, file.Length - asked.To!.Value);
        var to = asked.From is null ? file.Length - 1 : Math.Min(asked.To ?? long.MaxValue, file.Length - 1);
        return from < file.Length && to >= from ? (from, to - from + 1) : null;
    }

    private async Task CopyAsync(SiteFile file, long from, long count)
    {
        while (count > 0)
        {
            var memory = http.Response.BodyWriter.GetMemory((int)Math.Min(count, 32 * 1024));
            var read = await RandomAccess.ReadAsync(file.Handle!, memory[..(int)Math.Min(memory.Length, count)], from, http.RequestAborted).ConfigureAwait(false);
            if (read == 0) throw new EndOfStreamException($"{file.Name} became shorter while it was sent");
            http.Response.BodyWriter.Advance(read);
            (from, count) = (from + read, count - read);
            if ((await http.Response.BodyWriter.FlushAsync(http.RequestAborted).ConfigureAwait(false)).IsCompleted) return;
        }
    }

    /// <summary>Text is UTF-8, as everything of the web's own is by now.</summary>
    private static string ContentType(string name)
    {
        if (!Types.TryGetContentType(name, out var type)) return "application/octet-stream";
        return type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type;
    }

    private Task RedirectAsync(string path)
    {
        http.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        http.Response.Headers.CacheControl = CacheRules.Ask;
        // a path that begins with two slashes would be another host
        http.Response.Headers.Location = "/" + new PathString(path).ToUriComponent().TrimStart('/') + http.Request.QueryString;
        return Task.CompletedTask;
    }

    private Task NotAllowedAsync()
    {
        http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        http.Response.Headers.Allow = "GET, HEAD";
        return Task.CompletedTask;
    }

    private Task NotFoundAsync()
    {
        var text = "404 there is no such page\n"u8.ToArray();
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        http.Response.ContentType = "text/plain; charset=" + Encoding.UTF8.WebName;
        http.Response.ContentLength = text.Length;
        http.Response.Headers.CacheControl = CacheRules.Ask;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(text, http.RequestAborted).AsTask();
    }
}
