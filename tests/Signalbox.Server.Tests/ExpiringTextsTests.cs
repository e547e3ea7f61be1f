using Microsoft.Extensions.Time.Testing;

namespace Signalbox.Server.Tests;

public sealed class ExpiringTextsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("signalbox-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Texts_AreReadBackUntilTheyAreOld()
    {
        var texts = new ExpiringTexts(_directory, _time);
        texts.Keep("shop-production-1.pre", "migrated");
        Assert.Equal("migrated", texts.Read("shop-production-1.pre"));
        _time.Advance(ExpiringTexts.KeptFor + TimeSpan.FromDays(1));
        File.SetLastWriteTimeUtc(Path.Combine(_directory, "shop-production-1.pre.log"), DateTime.UtcNow.AddSeconds(-5));
        texts.Keep("shop-production-2.pre", "migrated again");
        Assert.Null(texts.Read("shop-production-1.pre"));
    }

    [Fact]
    public void Texts_TheOldestGoWhereThereAreTooMany()
    {
        var texts = new ExpiringTexts(_directory, _time);
        for (var i = 0; i <= ExpiringTexts.FilesKept; i++)
        {
            var path = Path.Combine(_directory, $"{i}.log");
            File.WriteAllText(path, "old");
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(i - 1000));
        }
        texts.Keep("new", "text");
        Assert.Equal(ExpiringTexts.FilesKept, Directory.GetFiles(_directory).Length);
        Assert.Equal("text", texts.Read("new"));
        Assert.Null(texts.Read("0"));
    }
}
