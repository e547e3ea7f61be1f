urlpatterns = [
    path('admin/', admin.site.urls),
]
