"""What the system and the databases say in English, for an operator who reads Chinese."""

import errno

_SYSTEM = {
    errno.ENOENT: "目录不存在",
    errno.ENOTDIR: "上级不是目录",
    errno.EISDIR: "那里是目录，不是文件",
    errno.EEXIST: "同名的文件已在那里",
    **dict.fromkeys((errno.EACCES, errno.EPERM), "没有权限，或文件正被打开"),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "磁盘已满"),
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EIO: "磁盘读写出错",
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), "打开的文件太多"),
    errno.EADDRINUSE: "已被别的程序占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.ECONNREFUSED: "对方没有在监听",
    errno.ETIMEDOUT: "连接超时",
}
_DATABASE = {
    "unable to open database file": "数据库文件打不开（目录不存在、没有权限，或那里是目录）",
    "database or disk is full": "磁盘已满",
    "readonly database": "没有写数据库文件的权限",
    "file is not a database": "那个文件不是数据库",
    "disk image is malformed": "数据库文件已损坏，请用备份恢复",
    "disk I/O error": "磁盘读写出错",
    "database is locked": "数据库正被别的程序占用，请稍后再试",
    "password authentication failed": "数据库的用户名或密码不对",
    "too many clients": "数据库的连接数已满",
}


def system_cause(error: OSError) -> str:
    """Why a file, a folder or an address could not be used; the number where there is no word for it."""
    return _SYSTEM.get(error.errno or 0, f"系统错误 {error.errno}" if error.errno else "系统错误")


def database_cause(said: str) -> str:
    """What a driver said, in Chinese where it is one of the usual things."""
    return next((words for part, words in _DATABASE.items() if part in said), said)
